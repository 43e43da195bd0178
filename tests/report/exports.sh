# What `analyze` writes for other programs, read back by readers written from the formats'
# descriptions, and held against the tables of the same run.
. "$(dirname "$0")/../cli/common.sh"
[ -f "$sample" ] || skip "no sample clip"
command -v node >/dev/null || skip "node is not installed"
here=$(dirname "$0")

read_back() { node "$here/read_exports.mjs" "$@" || fail "read_exports.mjs $1"; }

run analyze "$sample" --to 4 --model lite --save-landmarks --format json --out "$work/clip"
succeeds "a log of the sample clip"
log="$work/clip/landmarks.csv"
touch -d '2026-03-01 12:00:00 UTC' "$log"

# Rules that everybody breaks.
cat >"$work/rules.yaml" <<'RULES'
version: 1
rules:
  - id: of_test_both
    title: Cadence of the test
    view: [side]
    side: both
    phase: stride
    parts:
      - {measure: step_ms, usual: [100, 200], high: [250, 300]}
    min_steps: 3
    dwell_s: 0.5
    source: a test
    cue: Quicker
    meaning: M.
    why: W.
    advice: A.
  - id: of_test_trunk
    title: Trunk of the test
    view: [side]
    side: both
    phase: stride
    parts:
      - {measure: trunk_lean_deg, usual: [60, 90], low: [50]}
    min_steps: 4
    dwell_s: 0.5
    source: a test
    cue: Lean
    meaning: M.
    why: W.
    advice: A.
RULES

run analyze --landmarks "$log" --speed 11@0,12@2 --incline 0@0,1@3 --rules "$work/rules.yaml" \
    --format all --out "$work/all"
succeeds "--format all"
[ "$(ls "$work/all" | tr '\n' ' ')" = "activity.fit angles.mot faults.srt frames.csv keypoints.trc openpose report.html report.pdf session.json steps.csv " ] ||
    fail "unexpected files: $(ls "$work/all")"
pass "every file, and nothing half-written"
read_back trc "$work/all"; pass "keypoints.trc"
read_back mot "$work/all"; pass "angles.mot"
read_back srt "$work/all"; pass "faults.srt"
read_back fit "$work/all" 1772366396 # noon less 4 s
pass "activity.fit"
read_back openpose "$work/all"; pass "openpose/"
node "$here/validate_schema.mjs" "$TREAD_SOURCE_DIR/models/session.schema.json" \
    "$work/all/session.json" || fail "session.json does not meet its schema"
pass "session.json meets models/session.schema.json"
node "$here/validate_schema.mjs" --self-test "$TREAD_SOURCE_DIR/models/session.schema.json" \
    "$work/all/session.json" || fail "the schema lets everything through"
pass "what is damaged does not"

# From the start again: the same files, and a player's own reader of subtitles.
run analyze --landmarks "$log" --speed 11@0,12@2 --incline 0@0,1@3 --rules "$work/rules.yaml" \
    --format all --out "$work/again"
diff -r "$work/all" "$work/again" >"$work/diff" || fail "another run differs: $(head -n 3 "$work/diff")"
pass "the same run twice: the same bytes"
ff -i "$work/all/faults.srt" -f srt "$work/srt"
[ "$(grep -c -e '-->' "$work/srt")" -eq "$(grep -c -e '-->' "$work/all/faults.srt")" ] ||
    fail "ffmpeg reads other subtitles"
pass "ffmpeg reads faults.srt"

# Our own readers: the same positions and angles again.
run analyze --landmarks "$work/all/keypoints.trc" --format csv --out "$work/trc"
succeeds "--landmarks keypoints.trc"
read_back trc-again "$work/all" "$work/trc"; pass "keypoints.trc again: same positions"
run analyze --landmarks "$work/all/openpose" --fps 60 --format csv --out "$work/op"
succeeds "--landmarks openpose"
read_back openpose-again "$work/all" "$work/op"; pass "openpose/ again: same positions"

# An openpose folder of a longer run leaves nothing in a shorter one.
run analyze --landmarks "$log" --to 1 --format openpose --out "$work/all"; succeeds "a shorter run"
[ "$(ls "$work/all/openpose" | wc -l)" -eq 60 ] || fail "$(ls "$work/all/openpose" | wc -l) files, not 60"
pass "frames of an earlier run are gone"
touch "$work/all/openpose/mine"
run analyze --landmarks "$log" --to 1 --format openpose --out "$work/all"
fails_with 5 'openpose: cannot be written' "a stranger's file in openpose/"
[ -e "$work/all/openpose/mine" ] && [ ! -e "$work/all/openpose.part" ] || fail "not left as it was"
pass "a stranger's file stays"

# Without a scale: no metres, and none of the run before.
run analyze --landmarks "$log" --out "$work/all"; succeeds "no speed, no height"
grep -q 'keypoints.trc: not written: metres need a scale' "$work/err" || fail "no reason given"
[ ! -e "$work/all/keypoints.trc" ] || fail "keypoints.trc of another run is still there"
[ -e "$work/all/activity.fit" ] || fail "no activity.fit"
read_back fit "$work/all" 1772366396
pass "no scale: no keypoints.trc, and the reason; nothing invented in activity.fit"
run analyze --landmarks "$log" --format json,gpx --out "$work/bad"
fails_with 1 "format.*openpose" "an unknown format"
