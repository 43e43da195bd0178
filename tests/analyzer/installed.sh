#!/bin/sh
# Installs into a temporary prefix, then builds and runs a small consumer the two ways
# other projects do: find_package and pkg-config.
#
#     installed.sh BUILD_DIR CC FLAGS    FLAGS: what the library was instrumented with
set -eu

build=${1:?build directory}
cc=${2:?compiler}
flags=${3:-}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
prefix=$place/prefix

cmake --install "$build" --prefix "$prefix" > "$place/log" 2>&1 || { cat "$place/log"; exit 1; }

mkdir "$place/consumer"
cat > "$place/consumer/main.c" <<'C'
#include <stdio.h>
#include <string.h>

#include <treadscope/treadscope.h>

int main(void)
{
    tread_analyzer *a = NULL;
    tread_landmarks lm = {.time_s = 0.5};
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", TREAD_VERSION_MAJOR, TREAD_VERSION_MINOR,
             TREAD_VERSION_PATCH);
    if (tread_analyzer_create(&a, NULL) != TREAD_OK || tread_analyzer_push(a, &lm) != TREAD_OK ||
        tread_analyzer_finish(a) != TREAD_OK || strcmp(version, tread_version_string()) != 0)
        return 1;
    tread_analyzer_destroy(&a);
    printf("treadscope %s\n", tread_version_string());
    return 0;
}
C
cat > "$place/consumer/CMakeLists.txt" <<'C'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES C)
find_package(treadscope 0.1 REQUIRED)
add_executable(consumer main.c)
target_link_libraries(consumer PRIVATE treadscope::treadscope)
C

echo "-- find_package"
cmake -S "$place/consumer" -B "$place/consumer/build" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_C_COMPILER="$cc" -DCMAKE_C_FLAGS="$flags" > "$place/log" 2>&1 &&
    cmake --build "$place/consumer/build" >> "$place/log" 2>&1 || { cat "$place/log"; exit 1; }
"$place/consumer/build/consumer"

echo "-- pkg-config"
pc=$(find "$prefix" -name treadscope.pc)
[ -n "$pc" ] || { echo "no treadscope.pc was installed"; exit 1; }
# The file names the prefix of the configuration; this installation lies elsewhere.
query() {
    PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --define-variable=prefix="$prefix" "$@" treadscope
}
# shellcheck disable=SC2046,SC2086 # lists of words
"$cc" -std=c11 $flags $(query --cflags) "$place/consumer/main.c" $(query --libs) \
    -o "$place/consumer/by_pkg_config"
LD_LIBRARY_PATH=$(query --variable=libdir) "$place/consumer/by_pkg_config"
[ "$(query --modversion)" = "$("$place/consumer/build/consumer" | cut -d ' ' -f 2)" ]
