#!/bin/sh
# What libtreadscope.so exports is the public API and nothing else.
#
#     exported_symbols.sh LIBRARY [--update]    --update rewrites exported_symbols.txt
#
# tread_* functions must be those of the list; inner names (tread_room__name) and any
# other strong symbol of ours must stay hidden. Names starting with an underscore
# belong to the compiler and its sanitizers.
set -eu

library=${1:?library}
list=${TREAD_SOURCE_DIR:-$(dirname "$0")/../..}/tests/analyzer/exported_symbols.txt
found=$(nm -D --defined-only "$library" | awk '$2 ~ /^[TDBR]$/ && $3 !~ /^_/ { print $3 }' |
    sed 's/@.*//' | LC_ALL=C sort -u)
if [ "${2:-}" = --update ]; then
    printf '%s\n' "$found" > "$list"
    exit 0
fi
inner=$(printf '%s\n' "$found" | grep -E '^tread_.*__' || true)
if [ -n "$inner" ]; then
    echo "exported, but not public:"
    printf '%s\n' "$inner"
    exit 1
fi
if ! printf '%s\n' "$found" | diff -u "$list" -; then
    echo "the public API has changed; if that is meant: $0 $library --update"
    exit 1
fi
# ... and every function the headers promise is there.
for name in $(sed -n 's/.*TREAD_API.*[ *]\(tread_[a-z_]*\)(.*/\1/p' \
    "${TREAD_SOURCE_DIR:?}"/include/treadscope/*.h); do
    printf '%s\n' "$found" | grep -qx "$name" || { echo "declared, not exported: $name"; exit 1; }
done
