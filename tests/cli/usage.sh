# Wrong usage: status 1 and a line that says what was wanted.
. "$(dirname "$0")/common.sh"

run; [ "$status" -eq 1 ] || fail "no command: status $status"; pass "no command"
run --help; succeeds "--help"
run --version; succeeds "--version"
grep -qE '^treadscope [0-9]+\.[0-9]+\.[0-9]+$' "$work/out" || fail "--version prints $(cat "$work/out")"
run frobnicate; fails_with 1 'no command `frobnicate`' "unknown command"
run analyze; fails_with 1 'no clip' "no clip"
run analyze --help; succeeds "analyze --help"
for bad in "--model huge" "--view up" "--speed fast" "--speed -3" "--speed nan" "--incline 90" \
           "--speed 10@0,12" "--speed 10@5,12@5" "--speed 10@0,,12@3" "--speed 10@-1" "--speed 10@" \
           "--incline 0@0,5@9,90@10" "--camera-roll 60" \
           "--height 3000" "--from -1" "--to 0" "--format exe" "--format json,,csv" "--out ''" \
           "--slow 1" "--slow 9" "--slow 2.5" "--slow x" "--slow 0" "--slow -4"; do
    # shellcheck disable=SC2086
    eval run analyze clip.mp4 $bad
    fails_with 1 "$(echo "$bad" | cut -d' ' -f1 | sed 's/^--/--/')" "$bad"
done
run analyze clip.mp4 --from 5 --to 4; fails_with 1 'after --from' "--to before --from"
run analyze clip.mp4 --slow 4 --format csv; fails_with 1 'add video' "--slow without a video"
run analyze --landmarks a.csv --slow 4; fails_with 1 'no pictures' "--slow with landmarks"
run analyze clip.mp4 --nonsense; [ "$status" -eq 1 ] || fail "unknown option: $status"
pass "unknown option"
