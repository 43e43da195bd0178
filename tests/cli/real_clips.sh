# Real recordings: figures, and no invented steps.
. "$(dirname "$0")/common.sh"
clips="$TREAD_SHARED_DIR/clips"
[ -d "$clips" ] || skip "no real recordings here ($clips)"

analyze() { rm -rf "$work/x"; run analyze "$clips/$1" --out "$work/x" --format json,csv; }

analyze male_side/male_side.mp4; succeeds "male_side"
[ "$(awk -F, 'NR > 1 && $3 > 0.5' "$work/x/frames.csv" | wc -l)" -eq 360 ] ||
    fail "male_side: runner not found in every frame"
pass "male_side: runner in every frame"
grep -q '"view": "left"' "$work/x/session.json" || fail "male_side: does not face left"
cadence=$(awk '/"cadence_spm"/ { getline; gsub(/[^0-9.]/, ""); print; exit }' "$work/x/session.json")
awk -v c="$cadence" 'BEGIN { exit !(c > 168.9 - 1.5 && c < 168.9 + 1.5) }' ||
    fail "male_side: cadence $cadence, measured from pixels 168.9"
pass "male_side: faces left, cadence $cadence (168.9 from pixels)"
# At 30 frames a second no contact time is stated (section 1.5), but its moments are.
grep -A1 '"contact_ms"' "$work/x/session.json" | grep -q null || fail "male_side: contact time at 30 fps"
awk -F, 'NR > 1 && $20 == 1 && ($5 != "" || $4 - $3 < 0.18 || $4 - $3 > 0.32) { print; bad = 1 }
         END { exit bad }' "$work/x/steps.csv" || fail "male_side: contacts outside 180 to 320 ms"
n=$(awk -F, 'NR > 1 && $20 == 1' "$work/x/steps.csv" | wc -l)
[ "$n" -ge 28 ] || fail "male_side: only $n valid steps of 34"
pass "male_side: $n valid steps, contacts of 180 to 320 ms"
# Frames read by eye, to within one (shared data, clips/INDEX.md).
awk -F, 'BEGIN {
    split("6 27.5 49 70.5 91.5", right, " "); split("16 38 59 80.5", left, " ")
}
NR > 1 { t[NR] = $3 * 30; side[NR] = $2 }
function nearest(frame, of,   i, best) {
    best = 99
    for (i in t) if (side[i] == of && (t[i] - frame) ^ 2 < best ^ 2) best = t[i] - frame
    if (best ^ 2 > 1.5 ^ 2) { print of " contact of frame " frame " is off by " best; bad = 1 }
}
END { for (i in right) nearest(right[i], "right"); for (i in left) nearest(left[i], "left"); exit bad }
' "$work/x/steps.csv" || fail "male_side: contacts against those read by eye"
pass "male_side: contacts within a frame of those read by eye (themselves to half a frame)"

for clip in walk_plus_jumper/demo.mp4 walk_barefoot60/sarwesh.mp4; do
    analyze "$clip"
    case $status in 0 | 3) ;; *) fail "$clip: status $status: $(cat "$work/err")" ;; esac
    [ ! -e "$work/x/steps.csv" ] || [ "$(wc -l <"$work/x/steps.csv")" -eq 1 ] ||
        fail "$clip: invented steps"
    cat "$work/out" "$work/err" | grep -qE 'No steps measured|no runner' || fail "$clip: no reason given"
    pass "$clip: $(grep -hE 'No steps|no runner' "$work/out" "$work/err")"
done
