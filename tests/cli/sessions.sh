# The history as a user meets it: kept, listed, compared, followed, exported, deleted.
. "$(dirname "$0")/common.sh"
export TREADSCOPE_HISTORY="$work/data/deep/history.db"
name="Анна O'Hara \"x\"; DROP TABLE session;--"
says() { grep -qE -e "$1" "$work/out" || fail "$2: no line says $1: $(cat "$work/out")"; pass "$2"; }
n_lines() { [ "$(grep -cE -e "$1" "$work/out")" -eq "$2" ] || fail "$3: $(cat "$work/out")"; pass "$3"; }

run sessions; succeeds "no history yet"; says 'No session yet' "the list says so"
[ ! -e "$work/data" ] || fail "looking has made a file"
run sessions show 1; fails_with 1 'no history yet' "show without a history"

[ -f "$sample" ] || skip "no sample clip"
run analyze "$sample" --to 4 --model lite --save-landmarks --format json --speed 11 --out "$work/clip" \
    --runner "$name"
succeeds "a clip"; says '^Session 1 of the history' "it is kept"
log="$work/clip/landmarks.csv"
for day in 01 08 15; do
    run analyze --landmarks "$log" --format json --speed 11 --runner Bo --date "2026-01-$day" \
        --out "$work/$day"
    succeeds "landmarks of January $day"
done
# Slower by a tenth: another cadence.
awk -F, -v OFS=, 'NR > 2 { $2 = $2 * 1.1 } { print }' "$log" >"$work/slow.csv"
run analyze --landmarks "$work/slow.csv" --format json --speed 11 --runner Bo --date 2026-01-22T07:30 \
    --out "$work/slow"
succeeds "slower"; says '^Session 5' "numbered"
run analyze --landmarks "$log" --format json --out "$work/not" --no-history; succeeds "--no-history"
run analyze --landmarks "$log" --format json --out "$work/not" --json --runner Bo --date 2025-12-31
succeeds "--json"
sed -n 1p "$work/out" | grep -qx '{' && tail -n 1 "$work/out" | grep -qx '}' || fail "--json says more"
pass "--json says no more than session.json"

run sessions; succeeds "list"
n_lines ' (runner_left.mp4|landmarks.csv|slow.csv) ' 6 "six of them"
sed -n 4p "$work/out" | grep -q '^ *1  20.*Анна' || fail "not newest first: $(cat "$work/out")"
says '^Last run: (today|yesterday)' "days since the last run"
run sessions list --runner Bo --limit 2; succeeds "--runner, --limit"
n_lines '  Bo  ' 2 "two of them"; says '5  2026-01-22 07:30' "of the date told"
says '^Last run: [0-9]+ days ago' "days since Bo's"
run sessions --runner Nobody; succeeds "a runner nobody knows"; says 'No session of this runner' "says so"
run sessions --json --limit 0; succeeds "--json"; n_lines '"id":' 6 "the list as JSON"
run sessions runners; succeeds "runners"; says '^Bo +5 ' "five of Bo's"

run sessions show 5; succeeds "show"; says '^Cadence +1[0-9.]+ ± ' "cadence with its uncertainty"
run sessions compare 2 3; succeeds "compare"; says '^0 changed' "the same run has not changed"
run sessions compare 2 5; succeeds "compare with the slower"
says '^Cadence .*steps/min +changed$' "cadence has changed"
says 'no change beyond doubt$' "other numbers have not"
run sessions trend cadence_spm --runner Bo; succeeds "trend"
n_lines '^ +[0-9]+  202' 5 "five points"; says ' a week: ' "slope"
run sessions trend contact_ms --side left; succeeds "trend of a side"

run sessions export all --out "$work/all.jsonl"; succeeds "export all"
[ "$(wc -l <"$work/all.jsonl")" -eq 6 ] || fail "not six lines"; pass "six lines"
run sessions export 1; succeeds "export one"
if command -v node >/dev/null; then
    node -e '
    const fs = require("fs"), one = JSON.parse(fs.readFileSync(process.argv[1]));
    const file = JSON.parse(fs.readFileSync(process.argv[2]));
    if (JSON.stringify(one.session) !== JSON.stringify(file)) throw new Error("not session.json");
    if (one.runner !== process.argv[3]) throw new Error(one.runner);' \
        "$work/out" "$work/clip/session.json" "$name" || fail "the line is not the session"
    pass "the line is the session"
fi
run report 1 --out "$work/again" --format json; succeeds "report"
cmp "$work/again/session.json" "$work/clip/session.json" || fail "not the same session.json"
pass "session.json byte for byte"
run analyze "$sample" --to 4 --model lite --speed 10@0,11@2 --incline 1 --view left --runner Eve --out "$work/eve" \
    --format all
succeeds "everything of a clip"
id=$(sed -n 's/^Session \([0-9]*\) of the history.*/\1/p' "$work/out")
run report "$id" --out "$work/again" --format all --clip "$sample"; succeeds "all of it again"
for file in frames.csv steps.csv session.json report.html keypoints.trc angles.mot faults.srt activity.fit annotated.mp4; do
    cmp "$work/again/$file" "$work/eve/$file" || fail "$file: not the same"
done
diff -r "$work/again/openpose" "$work/eve/openpose" >/dev/null || fail "openpose: not the same"
pass "every file byte for byte"
run report "$id" --out "$work/bare"; succeeds "without the clip"
[ -s "$work/bare/report.html" ] && [ ! -e "$work/bare/annotated.mp4" ] || fail "without the clip: $(ls "$work/bare")"
pass "the report has no pictures then, and there is no video"
run report "$id" --format video; fails_with 1 'name the clip with --clip' "video without the clip"
run report "$id" --format json,docx; fails_with 1 '^treadscope: --format' "an unknown format"
run report "$id" --clip "$work/no.mp4" --out "$work/none"; fails_with 2 'no.mp4' "a clip that is not there"

run sessions delete 2; succeeds "delete"; says '^Deleted session 2, 2026-01-01 12:00, Bo' "what it was"
run sessions delete 2; fails_with 1 'no session 2' "delete again"
run sessions show 2; fails_with 1 'no session 2' "show what is gone"
run sessions compare 1 2; fails_with 1 'no session 2' "compare with what is gone"
run sessions export 2 --out "$work/two"; fails_with 1 'no session 2' "export what is gone"
[ ! -e "$work/two" ] || fail "export of nothing left a file"
run report 2 --out "$work/two"; fails_with 1 'no session 2' "report of what is gone"
run sessions show x; fails_with 1 'x: not the number' "no number"
run sessions trend speed; fails_with 1 'no measure .speed' "no measure"
run sessions frobnicate; fails_with 1 'frobnicate is no command' "no command"
run sessions compare 1; fails_with 1 'too little' "one to compare"
run sessions --limit -1; fails_with 1 '--limit' "--limit -1"
run analyze x --date 2026-02-30; fails_with 1 '--date' "30 February"
run analyze x --runner ''; fails_with 1 '--runner' "no name"
run analyze x --runner "$(printf '\377')"; fails_with 1 '--runner' "a name that is no text"

# What cannot be kept is told, and spoils nothing.
keep() { run analyze --landmarks "$log" --format json --out "$work/$1"; }
not_kept() {
    [ "$status" -eq 0 ] && [ -s "$work/$1/session.json" ] || fail "$1: status $status"
    fails_line='^treadscope: not kept in the history: .*'"$2"
    [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qE -e "$fails_line" "$work/err" ||
        fail "$1: $(cat "$work/err")"
    pass "$1: $(sed "s|$work/||g" "$work/err")"
}
echo "Dear reader, this is no history, and it is long enough for one to be read in it; it is a letter." >"$work/letter"
TREADSCOPE_HISTORY="$work/letter"; keep a_letter; not_kept a_letter 'not a history'
run sessions; fails_with 2 'not a history' "list of a letter"
TREADSCOPE_HISTORY="$work/letter/history.db"; keep no_folder; not_kept no_folder 'cannot be written'
TREADSCOPE_HISTORY=/proc/none/history.db; keep proc; not_kept proc 'cannot be made'
TREADSCOPE_HISTORY=; keep nowhere; succeeds "an empty TREADSCOPE_HISTORY"
run sessions; fails_with 1 'no history is kept' "list where none is kept"
unset TREADSCOPE_HISTORY
XDG_DATA_HOME="$work/xdg" keep xdg; [ -s "$work/xdg/treadscope/history.db" ] || fail "not in XDG_DATA_HOME"
pass "XDG_DATA_HOME"
XDG_DATA_HOME='' HOME="$work/home" keep home
[ -s "$work/home/.local/share/treadscope/history.db" ] || fail "not in HOME"
pass "~/.local/share"

mkdir "$work/disk"
mount -t tmpfs -o size=2m tmpfs "$work/disk" 2>/dev/null ||
    skip "the full disk: cannot mount a small tmpfs here (needs root); the rest passed"
trap 'umount "$work/disk"; rm -rf "$work"' EXIT
export TREADSCOPE_HISTORY="$work/disk/history.db"
keep first; succeeds "there is space"; says '^Session 1 ' "kept"
head -c 3000000 /dev/zero >"$work/disk/filler" 2>/dev/null
keep full; not_kept full 'no space left'
rm "$work/disk/filler"
run sessions; succeeds "the list after the disk was full"
n_lines 'landmarks.csv' 1 "the one before is there"
