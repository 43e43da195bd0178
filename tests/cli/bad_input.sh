# Inputs that are no clip, or no whole clip: DESIGN.md section 6.
. "$(dirname "$0")/common.sh"
[ -f "$sample" ] || skip "no sample clip"

run analyze "$work/missing.mp4"; fails_with 2 'missing\.mp4.*no such file' "missing file"
[ ! -e "$work/missing.mp4.treadscope" ] || fail "a folder was made for a missing clip"

: >"$work/empty.mp4"
run analyze "$work/empty.mp4"; fails_with 2 'empty\.mp4.*empty' "empty file"

echo "hello, this is not a clip" >"$work/notes.txt"
run analyze "$work/notes.txt"; fails_with 2 'notes\.txt.*not a video' "text file"

mkdir "$work/folder"
run analyze "$work/folder"; fails_with 2 'folder' "a folder"

ff -f lavfi -i sine=duration=1 "$work/song.wav"
run analyze "$work/song.wav"; fails_with 2 'song\.wav.*sound' "audio only"

head -c 20000 "$sample" >"$work/cut.mp4"
run analyze "$work/cut.mp4" --format json,csv
case $status in
    0) succeeds "clip cut short: what is left is analysed" ;;
    *) fails_with 2 'cut\.mp4' "clip cut short" ;;
esac

# Cut in the middle, header in front: what came before the cut is measured.
ff -i "$sample" -c copy -movflags +faststart "$work/front.mp4"
size=$(wc -c <"$work/front.mp4")
head -c $((size / 2)) "$work/front.mp4" >"$work/half.mp4"
run analyze "$work/half.mp4" --format json,csv; succeeds "clip cut in the middle"
n_half=$(wc -l <"$work/half.mp4.treadscope/frames.csv")
run analyze "$work/front.mp4" --format json,csv; succeeds "the same clip whole"
n_whole=$(wc -l <"$work/front.mp4.treadscope/frames.csv")
[ "$n_half" -gt $((n_whole / 3)) ] && [ "$n_half" -lt $((n_whole * 2 / 3)) ] ||
    fail "half the clip gave $n_half of $n_whole rows"
pass "half the clip gave $n_half of $n_whole rows"

# A stretch of rubbish in the middle: skipped and counted.
cp "$work/front.mp4" "$work/corrupt.mp4"
dd if=/dev/urandom of="$work/corrupt.mp4" bs=1 seek=$((size / 2)) count=6000 conv=notrunc 2>/dev/null
run analyze "$work/corrupt.mp4" --format json,csv; succeeds "corrupt stretch"
grep -qE '"bad_(packets|frames)": [1-9]' "$work/corrupt.mp4.treadscope/session.json" ||
    fail "the corrupt stretch was not counted"
pass "corrupt stretch counted"

ff -i "$sample" -frames:v 1 "$work/one.mp4"
run analyze "$work/one.mp4"; succeeds "one frame"
[ "$(wc -l <"$work/one.mp4.treadscope/frames.csv")" -eq 2 ] || fail "one frame: not one row"
[ "$(wc -l <"$work/one.mp4.treadscope/steps.csv")" -eq 1 ] || fail "one frame: steps invented"

ff -f lavfi -i testsrc2=duration=1:size=320x240:rate=30 "$work/nobody.mp4"
run analyze "$work/nobody.mp4"; fails_with 3 'nobody\.mp4.*no runner' "no person in it"
nothing_in "$work/nobody.mp4.treadscope" "nobody: no outputs"

run analyze "$sample" --out /proc/nowhere/x; fails_with 5 '/proc/nowhere' "output folder cannot be made"
: >"$work/file"
run analyze "$sample" --out "$work/file/x"; fails_with 5 'file' "output folder below a file"

run analyze "$work/missing.mp4" "$work/one.mp4" --out "$work/two" --format csv
[ "$status" -eq 2 ] || fail "one of two clips missing: status $status"
[ -f "$work/two/one.mp4.treadscope/frames.csv" ] || fail "the good clip was not analysed"
pass "one bad clip does not stop the others"
