#!/bin/sh
# A clip paced by its own clock: what is said of it, and what a page may ask.
. "$TREAD_SOURCE_DIR/tests/live/common.sh"

live clip "$sample" --model lite --speed 11
port=$(port_of clip)
post() { # BODY: HTTP status of POST /command
    node -e '
const r = require("http").request({ port: process.argv[1], method: "POST", path: "/command",
  headers: { "Content-Type": "application/json" } }, (a) => { console.log(a.statusCode); a.resume(); });
r.end(process.argv[2]);' "$port" "$1"
}
[ "$(post '{"speed_kmh":12.5,"incline_pct":2}')" = 204 ] || fail "speed was not taken"
wait_for clip '"speed_kmh":12.5,"incline_pct":2.0' 5 "the belt can be changed from the page"
for bad in '{"speed_kmh":"fast"}' '{"speed_kmh":1e9}' '{"incline_pct":null}' '{"stop":false}' '{}' '[' '{"x":1}'; do
    [ "$(post "$bad")" = 400 ] || fail "$bad was taken"
done
pass "nonsense is refused"
[ "$(post '{"pause":true}')" = 204 ] || fail "pause"
wait_for clip '"state":"paused"' 5 "paused"
[ "$(post '{"pause":false}')" = 204 ] || fail "go on"
wait_for clip '"type":"step"' 10 "and on again: steps"
ends 0 20 "it ends with the clip"
node -e '
const records = require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n").map((l) => JSON.parse(l));
const of = (type) => records.filter((r) => r.type === type);
const check = (is, what) => { if (!is) { console.error("wrong: " + what); process.exit(1); } };
check(records[0].type === "hello", "hello first");
const end = records[records.length - 1];
check(end.type === "end" && end.reason === "source_ended" && end.report === "/report", "end last");
check(of("setup").length > 3 && of("setup")[3].checks.length === 8, "set-up");
check(of("summary").length > 5, "summary");
check(of("summary").pop().readings.map((r) => r.id).join() === "trunk_lean,knee_flexion,foot_strike,cadence,contact", "readings");
/* All but those whose stride was cut by the pause or the end. */
const steps = of("step").filter((r) => r.valid);
const whole = steps.filter((r) => r.values.trunk_lean_deg > 2);
check(whole.length > 4 && steps.length - whole.length <= 3, "steps with the means of their strides");
const f = of("frame").pop();
check(f.points.left_knee.length === 2 && f.near_side === "left", "points");
check(of("timeline").pop().settings.some((s) => s.speed_kmh === 12.5), "the belt in the timeline");
' "$work/clip.jsonl" || fail "records"
pass "records are as STREAM.md has them"

"$TREADSCOPE" live "$sample" --model lite --port 0 --json 2>/dev/null | head -n 20 >/dev/null
pass "who stops reading ends it"

"$TREADSCOPE" live "$work/none.mp4" --port 0 >/dev/null 2>"$work/none.err"
[ $? -eq 2 ] && [ "$(wc -l <"$work/none.err")" -eq 1 ] || fail "no such clip: $(cat "$work/none.err")"
pass "no such clip: $(sed "s|$work/||" "$work/none.err")"

live first "$sample" --model lite
port=$(port_of first)
"$TREADSCOPE" live "$sample" --port "$port" >/dev/null 2>"$work/second.err"
status=$?
[ $status -eq 5 ] && grep -q "port $port is in use.*--port" "$work/second.err" ||
    fail "port in use: exit status $status: $(cat "$work/second.err")"
pass "port in use: $(cat "$work/second.err")"
