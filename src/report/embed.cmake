# cmake -DOUTPUT=x.c -DFILES="a.css;b.js" -P embed.cmake: files become C strings with their
# SHA-256, see html.h.
set(text "/* Made by embed.cmake. */\n#include \"report/html.h\"\n")
foreach(file ${FILES})
    get_filename_component(name ${file} NAME)
    string(REPLACE "." "_" name ${name})
    file(SHA256 ${file} hash)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hash "${hash}")
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "(................................)" "\\1\n    " bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(APPEND text "\nconst unsigned char report_${name}[] = {\n    ${bytes}0};\n"
                       "const unsigned char report_${name}_sha256[32] = {${hash}};\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
