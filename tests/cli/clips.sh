# Several clips: side by side, one that fails, one that takes its process down, the page.
. "$(dirname "$0")/common.sh"
[ -f "$sample" ] || skip "no sample clip"
export TREADSCOPE_HISTORY="$work/history.db"
cd "$work" || exit 1
ff -i "$sample" -t 5 -c copy "first one.mp4"
ff -i "$sample" -t 5 -vf hflip "second.mp4"
head -c 300 "first one.mp4" >broken.mp4
mkdir other && cp second.mp4 other/

run analyze "first one.mp4" second.mp4 broken.mp4 --model lite --format html,json --out all --jobs 2
fails_with 2 '^treadscope: broken.mp4: ' "a clip that fails"
for file in "first one.mp4.treadscope" second.mp4.treadscope; do
    [ -s "all/$file/session.json" ] && [ -s "all/$file/report.html" ] || fail "$file: not written"
done
pass "the others are done"
[ ! -e all/broken.mp4.treadscope ] || fail "the broken one has left a folder"
grep -n '^first one.mp4: \|^second.mp4: ' "$work/out" | cut -d: -f2 | tr '\n' ' ' |
    grep -qx 'first one.mp4 second.mp4 ' || fail "not in their order: $(cat "$work/out")"
pass "printed in the order they were named"
page=all/index.html
grep -q '3 clips compared' $page && grep -q 'Not measured: is an MP4' $page || fail "the page lacks a clip"
grep -q 'href="first%20one.mp4.treadscope/report.html"' $page || fail "no link to a report"
[ "$(grep -o 'data:image/jpeg' $page | wc -l)" -eq 2 ] || fail "not two pictures"
grep -q '<b>1[67][0-9]\.[0-9]</b>' $page || fail "no cadence"
grep -q 'not from one side' $page || fail "left and right are not told"
pass "a page compares them"
run sessions; succeeds "the history"; [ "$(grep -cE '(first one|second).mp4' "$work/out")" -eq 2 ] ||
    fail "not both kept: $(cat "$work/out")"

# The same whether alone or side by side.
run analyze second.mp4 --model lite --format json --out alone --no-history; succeeds "one alone"
cmp -s alone/session.json all/second.mp4.treadscope/session.json || fail "side by side gives other numbers"
pass "side by side gives the same bytes"

run analyze second.mp4 other/second.mp4 --out all
fails_with 1 'both would write to all/second.mp4.treadscope' "two of one name"
run analyze second.mp4 "first one.mp4" --jobs 0; fails_with 1 '^treadscope: --jobs' "no jobs"
run analyze second.mp4 "first one.mp4" --jobs 1.5; fails_with 1 '^treadscope: --jobs' "half a job"

# One that dies: its process is killed while it reads a pipe that never ends.
mkfifo endless.mp4
"$TREADSCOPE" analyze endless.mp4 second.mp4 --model lite --format html,json --to 3 --jobs 2 >"$work/out" 2>"$work/err" &
parent=$!
exec 3>endless.mp4 # the reader is there now
tries=0
while ! grep -q 'second.mp4.treadscope$' "$work/out" 2>/dev/null && [ $tries -lt 40 ]; do
    tries=$((tries + 1)); [ -s second.mp4.treadscope/session.json ] && break; sleep 1
done
for child in $(cat /proc/$parent/task/*/children); do kill -SEGV "$child"; done
status=0; wait $parent || status=$?
exec 3>&-
fails_with 6 'endless.mp4: the program failed on it' "a clip that takes its process down"
[ -s second.mp4.treadscope/session.json ] && grep -q '2 clips compared' treadscope.html ||
    fail "the other is not done: $(cat "$work/err")"
pass "the other is done, the page beside the first"
echo "1..$n_checks"
