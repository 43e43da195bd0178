# Names that scripts depend on (DESIGN.md section 3), and the same bytes twice.
. "$(dirname "$0")/common.sh"
[ -f "$sample" ] || skip "no sample clip"
command -v node >/dev/null || skip "node is not installed"

run analyze "$sample" --from 0 --to 4 --speed 11 --out "$work/a"; succeeds "analyze"
for f in session.json frames.csv steps.csv annotated.mp4 keypoints.trc angles.mot activity.fit report.html report.pdf; do
    [ -s "$work/a/$f" ] || fail "$f is missing"
done
# faults.srt is empty where there are none.
[ "$(ls "$work/a" | tr '\n' ' ')" = "activity.fit angles.mot annotated.mp4 faults.srt frames.csv keypoints.trc report.html report.pdf session.json steps.csv " ] ||
    fail "unexpected files: $(ls "$work/a")"

frames="frame,time_s,presence,identity,trunk_lean_deg"
for a in knee_flexion hip_flexion ankle_dorsiflexion shank_angle thigh_angle foot_angle; do
    frames="$frames,${a}_left_deg,${a}_right_deg"
done
frames="$frames,contact_left,contact_right"
for side in left right; do
    for p in shoulder elbow wrist hip knee ankle heel toe; do
        frames="$frames,${side}_${p}_x_px,${side}_${p}_y_px"
    done
done
frames="$frames,nose_x_px,nose_y_px"
for side in left right; do
    for joint in shoulder elbow wrist hip knee ankle heel toe; do
        frames="$frames,${side}_${joint}_x_sd_px,${side}_${joint}_y_sd_px"
    done
done
[ "$(head -n 1 "$work/a/frames.csv")" = "$frames" ] || fail "frames.csv header"
pass "frames.csv header"
steps="step,side,initial_contact_s,toe_off_s,contact_ms,flight_ms,step_ms,foot_strike_angle_deg,foot_strike,knee_flexion_contact_deg,knee_flexion_peak_stance_deg,shank_angle_contact_deg,foot_ahead_pct_leg,foot_ahead_cm,trunk_lean_contact_deg,trunk_lean_peak_stance_deg,step_length_m,vertical_oscillation_cm,uncertainty_ms,valid"
# Columns are added after these, never between them.
case "$(head -n 1 "$work/a/steps.csv")," in
"$steps",*) ;;
*) fail "steps.csv header" ;;
esac
pass "steps.csv header"
for f in frames steps; do
    awk -F, 'NR == 1 { n = NF } NF != n { exit 1 } /nan|inf/ { exit 1 }' "$work/a/$f.csv" ||
        fail "$f.csv: ragged rows, or nan written out"
done
pass "tables are even and hold no nan"

# A clip of 4 s at the frame times of the source, one row a frame, same times in the video.
frame_times() { ffprobe -v error -select_streams v -show_entries frame=pts_time -of csv=p=0 "$1" | tr -d , | grep .; }
frame_times "$sample" | awk '$1 < 4' >"$work/source.times"
frame_times "$work/a/annotated.mp4" >"$work/video.times"
awk -F, 'NR > 1 { print $2 }' "$work/a/frames.csv" >"$work/rows.times"
for f in video rows; do
    paste "$work/source.times" "$work/$f.times" |
        awk 'NF != 2 || $1 - $2 > 0.0001 || $2 - $1 > 0.0001 { exit 1 }' ||
        fail "times of $f differ from the source"
done
pass "frame times are the source's"

node -e '
const s = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
for (const k of ["settings", "source", "quality", "summary", "belt_settings", "symmetry", "drift",
                 "curves", "steps", "faults"])
    if (!(k in s)) throw new Error("session.json has no " + k);
const check = (m, name) => {
    if (m.value === null ? typeof m.reason !== "string"
                         : !["sd", "se", "n", "low", "high"].every((k) => k in m))
        throw new Error(name + " is not a measure: " + JSON.stringify(m));
};
for (const [k, m] of Object.entries(s.summary)) {
    if (m && typeof m === "object" && "value" in m) check(m, k);
}
for (const side of ["left", "right"])
    for (const [k, m] of Object.entries(s.summary[side])) check(m, side + "." + k);
for (const [k, sides] of Object.entries(s.curves))
    for (const [side, c] of Object.entries(sides))
        if (c.mean_deg === null ? typeof c.reason !== "string"
                                : c.mean_deg.length !== 101 || c.sd_deg.length !== 101)
            throw new Error("curve " + k + " " + side);
const sway = s.summary.trunk_sway_deg;
if (sway.value !== null || !/not measurable in this view/.test(sway.reason))
    throw new Error("sideways sway from the side");
for (const step of s.steps) // section 1.5: 60 frames a second time no single contact
    if (step.contact_ms !== null) throw new Error("contact time of a single step");
if (s.summary.contact_ms.value === null) throw new Error("no mean contact time");
' "$work/a/session.json" || fail "session.json"
pass "session.json: sections and measures"

run analyze "$sample" --from 0 --to 4 --speed 11 --out "$work/b" --format json,csv
succeeds "analyze again"
cmp "$work/a/frames.csv" "$work/b/frames.csv" && cmp "$work/a/steps.csv" "$work/b/steps.csv" ||
    fail "the same clip gave other tables"
pass "the same clip twice: the same bytes"

# A belt that changes: each setting has its own summary, each step its own speed.
run analyze "$sample" --from 0 --to 4 --speed 11@0,12@2 --incline 0@0,1@3 --out "$work/d" --format json,csv
succeeds "a belt that changes"
node -e '
const s = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
const told = s.belt_settings.map((b) => [b.from_s, b.speed_kmh, b.incline_pct].join(" ")).join(", ");
if (told !== " 11 0, 2 12 0, 3 12 1") throw new Error(told);
for (const step of s.steps) {
    const t = step.initial_contact_s;
    if (step.speed_kmh !== (t < 2 ? 11 : 12) || step.incline_pct !== (t < 3 ? 0 : 1) ||
        step.settled !== t < 2)
        throw new Error(JSON.stringify(step));
}' "$work/d/session.json" || fail "belt settings"
pass "belt settings reach steps and summary"

run analyze "$sample" --from 0 --to 2 --out "$work/c" --json --format csv; succeeds "--json"
node -e 'JSON.parse(require("fs").readFileSync(0, "utf8"))' <"$work/out" || fail "--json is not JSON"
[ ! -e "$work/c/session.json" ] || fail "--format csv wrote session.json"
pass "--json prints JSON, --format is kept to"
