#!/bin/sh
# --record: what is kept, also after SIGKILL and on a full disk.
. "$TREAD_SOURCE_DIR/tests/live/common.sh"

ff -i "$sample" -an -vf scale=540:720 -c:v libx264 -preset veryfast -tune zerolatency -g 30 \
    "$work/clip.ts"
udp=$(free_port)
send "$work/clip.ts" "udp://127.0.0.1:$udp?pkt_size=1316"

# seconds FILE: how long a recording plays.
seconds() {
    ffprobe -v error -select_streams v -show_entries packet=pts_time -of csv=p=0 "$1" 2>/dev/null |
        awk -F, '{ if (n++ == 0 || $1 < a) a = $1; if ($1 > b) b = $1 } END { print n ? b - a : 0 }'
}
at_least() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a >= b) }'; }

export TREADSCOPE_HISTORY="$work/history.db"
live kept "udp://127.0.0.1:$udp" --model lite --speed 11 --record --out "$work/kept" --runner Ada
wait_for kept '"recording":\{"state":"on"' 10 "the page says that it records"
wait_for kept '"type":"step","step":12' 20 "a few steps"
kill -INT "$live"
ends 0 15 "stopped"
for f in recording.mp4 landmarks.csv session.json steps.csv frames.csv report.html report.pdf; do
    [ -s "$work/kept/$f" ] || fail "$f is missing: $(ls "$work/kept")"
done
pass "recording, landmarks and results are there"
node -e '
const s = JSON.parse(require("fs").readFileSync(process.argv[1]));
if (!(Math.abs(s.summary.cadence_spm.value - 168) < 4)) throw new Error(JSON.stringify(s.summary.cadence_spm));
if (s.settings.speed_kmh !== 11) throw new Error(JSON.stringify(s.settings));
' "$work/kept/session.json" || fail "session.json"
pass "session.json has the cadence and the belt"
"$TREADSCOPE" sessions --json | node -e '
const [s, more] = JSON.parse(require("fs").readFileSync(0));
if (more || s.kind !== "live" || s.runner !== "Ada" || s.speed_kmh !== 11) throw new Error(JSON.stringify(s));
' || fail "the history"
pass "the history has the session, once"
export TREADSCOPE_HISTORY=
played=$(seconds "$work/kept/recording.mp4")
at_least "$played" 4 || fail "the recording plays $played s"
"$TREADSCOPE" analyze "$work/kept/recording.mp4" --model lite --format json --out "$work/again" \
    >/dev/null 2>"$work/again.err" || fail "the recording cannot be analysed: $(cat "$work/again.err")"
pass "the recording plays $played s and can be analysed"

live killed "udp://127.0.0.1:$udp" --model lite --speed 11 --record --out "$work/killed"
wait_for killed '"time_s":6\.[0-9]' 25 "six seconds of another"
kill -KILL "$live"
wait "$live" 2>/dev/null
played=$(seconds "$work/killed/recording.mp4")
at_least "$played" 4 || fail "killed: the recording plays only $played s of 6"
pass "killed after 6 s: the recording plays $played s"
"$TREADSCOPE" analyze --landmarks "$work/killed/landmarks.csv" --speed 11 --format csv --out "$work/saved" \
    >/dev/null 2>"$work/saved.err" || fail "killed: the landmarks cannot be read: $(cat "$work/saved.err")"
last=$(tail -n 1 "$work/saved/frames.csv" | cut -d, -f2)
at_least "$last" 4.5 || fail "killed: landmarks end at $last s"
pass "killed: its landmarks reach to $last s and can be analysed"

mkdir "$work/small"
if mount -t tmpfs -o size=600k tmpfs "$work/small" 2>/dev/null; then
    live full "udp://127.0.0.1:$udp" --model lite --speed 11 --record --out "$work/small/kept"
    wait_for full '"recording":\{"state":"failed"' 30 "disk full: the page says so"
    n=$(n_records full '"type":"frame"')
    sleep 2
    [ "$(n_records full '"type":"frame"')" -gt $((n + 30)) ] || fail "disk full: analysis stands still"
    pass "disk full: analysis goes on"
    kill -INT "$live"
    ends 0 15 "disk full: it ends well"
    umount "$work/small"
else
    pass "disk full: not tried, this user may not mount a small disk"
fi

live twice "udp://127.0.0.1:$udp" --model lite --record --out "$work/kept"
ends 5 10 "a folder that holds a session is refused"
