# Landmarks instead of a clip: other tools' keypoints, and a log that repeats a run.
. "$(dirname "$0")/common.sh"

# value KEY FILE: "value" of a measure in session.json.
value() {
    awk -v key="\"$1\":" '$1 == key { is_in = 1 }
        is_in && $1 == "\"value\":" { sub(/,$/, "", $2); print $2; exit }' "$2"
}

[ -f "$sample" ] || skip "no sample clip"
run analyze "$sample" --to 3 --save-landmarks --format json,csv --out "$work/clip"
succeeds "--save-landmarks"
head -n 1 "$work/clip/landmarks.csv" | grep -qE '^# treadscope-landmarks/2 width_px=720 ' ||
    fail "first line of the log: $(head -n 1 "$work/clip/landmarks.csv")"
[ "$(wc -l <"$work/clip/landmarks.csv")" -eq $(($(wc -l <"$work/clip/frames.csv") + 1)) ] ||
    fail "the log has not a row for every frame"

# Without networks: landmarks need none.
export TREADSCOPE_MODELS="$work/no_models"
run analyze --landmarks "$work/clip/landmarks.csv"; succeeds "--landmarks LOG, no networks"
again="$work/clip/landmarks.csv.treadscope"
for f in frames steps; do
    cmp "$work/clip/$f.csv" "$again/$f.csv" || fail "$f.csv of the log differs from the clip's"
done
[ "$(ls "$again" | tr '\n' ' ')" = "activity.fit angles.mot faults.srt frames.csv report.html report.pdf session.json steps.csv " ] ||
    fail "unexpected files: $(ls "$again")"
pass "the log repeats the run byte for byte"
grep -q '"container": "landmarks"' "$again/session.json" &&
    grep -q '"codec": "log"' "$again/session.json" || fail "session.json does not name its source"
pass "session.json names its source"

run analyze --landmarks "$work/clip/landmarks.csv" --save-landmarks --from 1 --to 2 \
    --out "$work/part"
succeeds "--from and --to of a log"
{ head -n 2 "$work/clip/landmarks.csv"
  awk -F, 'NR > 2 && $2 >= 1 && $2 < 2' "$work/clip/landmarks.csv"; } >"$work/part.wanted"
cmp "$work/part.wanted" "$work/part/landmarks.csv" || fail "not the rows from 1 s to 2 s"
pass "the log of a log is the same log"

# Both reports have the date that was told, else the file's.
run analyze --landmarks "$work/clip/landmarks.csv" --format html,pdf --runner Zoë \
    --date 2026-03-01T18:30 --out "$work/dated"
succeeds "--date"
grep -q '<dt>Date</dt><dd>2026-03-01</dd>' "$work/dated/report.html" || fail "report.html: no date"
grep -aqE '/CreationDate \((D:)?20260301' "$work/dated/report.pdf" || fail "report.pdf: no date"
grep -q '<dt>Date</dt>' "$again/report.html" || fail "report.html: no date of the file"
pass "the reports are dated as told"

# OpenPose: no times in the files.
mkdir "$work/openpose"
awk -v dir="$work/openpose" 'BEGIN {
    for (f = 0; f < 60; f++) {
        name = sprintf("%s/run_%012d_keypoints.json", dir, f)
        printf "{\"people\": [{\"pose_keypoints_2d\": [" > name
        for (k = 0; k < 25; k++)
            printf "%s%d,%d,0.9", k ? "," : "", 300 + 3 * k, 100 + 20 * k > name
        print "]}]}" > name
        close(name)
    }
}'
run analyze --landmarks "$work/openpose/"; fails_with 2 '--fps N' "OpenPose without --fps"
nothing_in "$work/openpose.treadscope" "OpenPose without --fps"
run analyze --landmarks "$work/openpose/" --fps 50 --format csv; succeeds "OpenPose with --fps"
[ "$(tail -n 1 "$work/openpose.treadscope/frames.csv" | cut -d, -f1,2)" = "59,1.180000" ] ||
    fail "last frame: $(tail -n 1 "$work/openpose.treadscope/frames.csv" | cut -d, -f1,2)"
pass "OpenPose: beside the folder, times from --fps"

# Wrong usage.
log="$work/clip/landmarks.csv"
run analyze --landmarks "$log" --format video; fails_with 1 '--format video' "--format video"
run analyze --landmarks "$log" "$sample"; fails_with 1 'one or the other' "a clip as well"
run analyze "$sample" --fps 30; fails_with 1 'only with --landmarks' "--fps for a clip"
run analyze --landmarks "$log" --fps 0; fails_with 1 '--fps 0' "--fps 0"

# Bad files leave nothing behind.
bad() {
    run analyze --landmarks "$2" --out "$work/bad"
    fails_with "$1" "$3" "$4"
    nothing_in "$work/bad" "$4"
}
: >"$work/empty"
echo "hello" >"$work/text"
head -c 5000 "$sample" >"$work/clip.json"
echo '{"fps": 30, "frames": [[[1, 2, 3]' >"$work/cut.json"
echo '{"fps": 30, "frames": [null, null]}' >"$work/nobody.json"
printf 'time,nose_x,nose_y\n3,10,10\n2,10,10\n1,10,10\n' >"$work/back.csv"
mkdir "$work/no_json"
bad 2 "$work/not_there" 'cannot be opened' "no such file"
bad 2 "$work/empty" 'empty' "an empty file"
bad 2 "$work/text" 'not a landmark file' "a text"
bad 2 "$work/clip.json" 'not a landmark file' "a clip"
bad 2 "$work/cut.json" 'complete' "JSON cut short"
bad 2 "$work/back.csv" 'do not increase' "time going back"
bad 2 "$work/no_json" 'no numbered' "a folder without JSON"
bad 3 "$work/nobody.json" 'nobody' "nobody in it"
run analyze --landmarks "$log" --from 100 --out "$work/bad"
fails_with 2 '--from and --to' "--from behind the end"
nothing_in "$work/bad" "--from behind the end"

# RTMPose on a real runner: 168.9 steps a minute by hand, facing left.
rtmpose="$TREAD_SHARED_DIR/clips/male_side/male_side.pose.rtmpose.json"
[ -f "$rtmpose" ] || skip "the RTMPose part: $rtmpose is not there; the rest passed"
run analyze --landmarks "$rtmpose" --out "$work/rtmpose"; succeeds "RTMPose"
cadence=$(value cadence_spm "$work/rtmpose/session.json")
echo "$cadence" | awk '{ exit !($1 > 167.4 && $1 < 170.4) }' || fail "cadence $cadence, not 168.9"
grep -q '"view": "left"' "$work/rtmpose/session.json" || fail "not seen from the left"
pass "RTMPose: cadence $cadence, left side"

# A long session whose belt changes knows its warm-up: the log, slowed down to a quarter of an hour.
awk -F, -v OFS=, 'NR > 2 { $2 = $2 * 300 } { print }' "$work/clip/landmarks.csv" >"$work/long.csv"
run analyze --landmarks "$work/long.csv" --speed 8@0,10@100,14@240,12@400 --format json --out "$work/long"
succeeds "a long session"
grep -q '"warm_up_s": 240.0' "$work/long/session.json" ||
    fail "warm-up: $(grep warm_up "$work/long/session.json")"
run analyze --landmarks "$work/long.csv" --speed 14 --format json --out "$work/long"
grep -q '"warm_up_s": null' "$work/long/session.json" || fail "warm-up of one speed"
pass "warm-up before the hard part"
