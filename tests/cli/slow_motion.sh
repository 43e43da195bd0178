# A clip filmed fast and played slowly: told, not measured, until the rate is given. And one whose
# contacts are replayed slowly beside it.
. "$(dirname "$0")/common.sh"

[ -f "$sample" ] || skip "no sample clip"
# 60 frames a second played at 15, as a phone plays 240 at 60.
ff -i "$sample" -vf setpts=4*PTS -r 15 -fps_mode cfr -crf 20 "$work/slow.mp4"

run analyze "$work/slow.mp4" --format json,csv --out "$work/told"; succeeds "slow motion"
grep -q 'looks like slow motion: give --capture-fps' "$work/out" || fail "$(cat "$work/out")"
[ "$(wc -l <"$work/told/steps.csv")" -eq 1 ] || fail "steps were timed in slow motion"
pass "slow motion is told, and no step timed"

run analyze "$work/slow.mp4" --capture-fps 60 --speed 11 --out "$work/given"
succeeds "--capture-fps 60"
cadence=$(awk '$1 == "Cadence" { print $2 }' "$work/out")
awk -v c="$cadence" 'BEGIN { exit !(c > 166 && c < 169) }' || fail "cadence $cadence, not 167.7"
pass "--capture-fps: cadence $cadence"
tail -n 1 "$work/given/frames.csv" | awk -F, '{ exit !($2 > 7.8 && $2 < 8.1) }' ||
    fail "last frame at $(tail -n 1 "$work/given/frames.csv" | cut -d, -f2) s, not at 8"
pass "times are the runner's"
ffprobe -v error -show_entries format=duration -of csv=p=0 "$work/given/annotated.mp4" |
    awk '{ exit !($1 > 31 && $1 < 33) }' || fail "the annotated clip has not the clip's own length"
pass "the annotated clip plays as the clip did"

run analyze "$sample" --capture-fps 30 --format csv --out "$work/less"
fails_with 2 'plays at 60 frames a second; it cannot have been filmed at 30' "--capture-fps below"
run analyze --landmarks "$sample" --capture-fps 240
fails_with 1 'only with a clip' "--capture-fps with --landmarks"
run analyze "$sample" --capture-fps fast
fails_with 1 'capture-fps' "--capture-fps that is no number"

# size_and_frames FILE
size_and_frames() {
    ffprobe -v error -count_frames -show_entries stream=width,height,nb_read_frames -of csv=p=0 "$1"
}
run analyze "$sample" --to 2 --model lite --format video --slow 4 --out "$work/beside"
succeeds "--slow 4"
[ "$(size_and_frames "$work/beside/annotated.mp4")" = "1440,960,120" ] ||
    fail "beside it: $(size_and_frames "$work/beside/annotated.mp4")"
pass "--slow: twice as wide, a picture for each of the clip's"
