# How a room, a program and a test are built, said once.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

add_library(treadscope_flags INTERFACE)
target_compile_options(treadscope_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wpointer-arith -Wcast-qual -Wvla -Wwrite-strings
    -Wundef -Wformat=2
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition>
    # Same numbers whichever compiler contracts what: results must be bit-identical.
    -ffp-contract=off
    $<$<BOOL:${TREADSCOPE_WERROR}>:-Werror>)
target_compile_definitions(treadscope_flags INTERFACE _POSIX_C_SOURCE=200809L)
if(TREADSCOPE_SANITIZE)
    target_compile_options(treadscope_flags INTERFACE
        -fsanitize=${TREADSCOPE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(treadscope_flags INTERFACE -fsanitize=${TREADSCOPE_SANITIZE})
endif()

# treadscope_room(NAME SOURCES ... LIBRARIES ...): one folder below src/, built as
# an object library. Headers of libraries stay private to the room.
set_property(GLOBAL PROPERTY TREADSCOPE_ROOMS "")
function(treadscope_room_objects name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;LIBRARIES" ${ARGN})
    add_library(room_${name} OBJECT ${ROOM_SOURCES})
    target_include_directories(room_${name} PUBLIC
        ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(room_${name} PRIVATE treadscope_flags ${ROOM_LIBRARIES})
endfunction()
function(treadscope_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;LIBRARIES" ${ARGN})
    treadscope_room_objects(${name} ${ARGN})
    set_property(GLOBAL APPEND PROPERTY TREADSCOPE_ROOMS ${name})
    set_property(GLOBAL APPEND PROPERTY TREADSCOPE_ROOM_LIBRARIES ${ROOM_LIBRARIES})
endfunction()

# treadscope_inner_room(...): the same, for programs and tests of this tree only. The shared
# library neither holds it nor needs its libraries.
set_property(GLOBAL PROPERTY TREADSCOPE_INNER_ROOMS "")
function(treadscope_inner_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;LIBRARIES" ${ARGN})
    treadscope_room_objects(${name} ${ARGN})
    set_property(GLOBAL APPEND PROPERTY TREADSCOPE_INNER_ROOMS ${name})
    set_property(GLOBAL APPEND PROPERTY TREADSCOPE_INNER_ROOM_LIBRARIES ${ROOM_LIBRARIES})
endfunction()

# treadscope_program(NAME SOURCES ... LIBRARIES ...): links every room.
function(treadscope_program name)
    cmake_parse_arguments(PROGRAM "" "" "SOURCES;LIBRARIES" ${ARGN})
    add_executable(${name} ${PROGRAM_SOURCES})
    target_link_libraries(${name} PRIVATE treadscope_flags treadscope_core ${PROGRAM_LIBRARIES})
endfunction()

# What is not ours to mend, for sanitized builds; others do not look at it. And no test may write
# to the history of whoever runs it.
set(TREADSCOPE_TEST_ENVIRONMENT
    "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0"
    "TREADSCOPE_HISTORY=")

# treadscope_test(NAME SOURCES ... LIBRARIES ...): a cmocka program run by ctest;
# exit status 77 means skipped, with the reason printed.
function(treadscope_test name)
    cmake_parse_arguments(TEST "" "TIMEOUT" "SOURCES;LIBRARIES" ${ARGN})
    treadscope_program(test_${name} SOURCES ${TEST_SOURCES}
                       LIBRARIES PkgConfig::CMOCKA ${TEST_LIBRARIES})
    target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    add_test(NAME ${name} COMMAND test_${name})
    if(NOT TEST_TIMEOUT)
        set(TEST_TIMEOUT 120)
    endif()
    set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT ${TEST_TIMEOUT}
        ENVIRONMENT "${TREADSCOPE_TEST_ENVIRONMENT};TREAD_SOURCE_DIR=${PROJECT_SOURCE_DIR};TREAD_SHARED_DIR=${PROJECT_SOURCE_DIR}/../shared;TREAD_BINARY_DIR=${PROJECT_BINARY_DIR}")
endfunction()

# treadscope_fuzz(NAME SOURCE): a libFuzzer target with clang.
function(treadscope_fuzz name source)
    treadscope_program(fuzz_${name} SOURCES ${source})
    target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()
