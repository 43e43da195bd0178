# cmake -DOUTPUT=x.c -DFILES="a;b" -P embed.cmake: files become a C table, see assets.h.
set(arrays "")
set(rows "")
set(i 0)
foreach(file ${FILES})
    get_filename_component(name ${file} NAME)
    file(SHA256 ${file} hash)
    string(SUBSTRING ${hash} 0 16 hash)
    file(SIZE ${file} size)
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "(................................)" "\\1\n    " bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    # An array may not be empty, a file may.
    string(APPEND arrays "static const unsigned char file_${i}[] = {\n    ${bytes}0};\n")
    string(APPEND rows "    {\"${name}\", file_${i}, ${size}, \"\\\"${hash}\\\"\"},\n")
    math(EXPR i "${i} + 1")
endforeach()
file(WRITE ${OUTPUT} "/* Made by embed.cmake. */
#include \"serve/assets.h\"

${arrays}
const serve_asset tread_serve__assets[] = {
${rows}    {NULL, NULL, 0, NULL},
};
")
