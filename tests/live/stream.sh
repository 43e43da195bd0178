#!/bin/sh
# A stream from a second process: seen, stalled and back, changed in size, ended, come back.
. "$TREAD_SOURCE_DIR/tests/live/common.sh"

ff -i "$sample" -t 6 -an -vf scale=540:720 -c:v libx264 -preset veryfast -tune zerolatency -g 30 \
    "$work/upright.ts"
ff -i "$sample" -t 6 -an -vf "scale=-2:480,pad=854:480:(ow-iw)/2:0:gray" -c:v libx264 \
    -preset veryfast -tune zerolatency -g 30 "$work/wide.ts"
ff -i "$sample" -t 6 -an -vf scale=540:720 -c:v mpeg2video -q:v 4 -g 15 "$work/other.ts"
udp=$(free_port)
url="udp://127.0.0.1:$udp?pkt_size=1316"

send "$work/upright.ts" "$url"
live stream "udp://127.0.0.1:$udp" --model lite --speed 11
wait_for stream '"type":"frame".*"width_px":540' 10 "frames of a stream"
wait_for stream '"type":"step"' 15 "steps"
wait_for stream '"type":"event","kind":"toe_off"' 10 "events"

kill -STOP "$sender"
wait_for stream '"state":"lost"' 10 "a stalled stream is told"
sleep 4
kill -CONT "$sender"
wait_for stream '"gaps":\[\{"from_s"' 15 "it comes back, and the gap is marked"

kill "$sender"
wait "$sender" 2>/dev/null
send "$work/wide.ts" "$url"
wait_for stream '"type":"frame".*"width_px":854' 20 "a picture of another size is followed"
n=$(n_records stream '"type":"step"')
for _ in $(seq 150); do
    [ "$(n_records stream '"type":"step"')" -gt "$((n + 3))" ] && break
    sleep 0.1
done
[ "$(n_records stream '"type":"step"')" -gt "$((n + 3))" ] || fail "no steps after the picture changed"
pass "and steps come again"

kill "$sender"
wait "$sender" 2>/dev/null
sleep 1
n=$(n_records stream '"type":"frame"')
send "$work/other.ts" "$url"
for _ in $(seq 200); do
    [ "$(n_records stream '"type":"frame"')" -gt $((n + 100)) ] && break
    sleep 0.1
done
[ "$(n_records stream '"type":"frame"')" -gt $((n + 100)) ] || fail "no frames of the other codec"
pass "another codec is connected to anew"

kill -TERM "$live"
ends 0 5 "SIGTERM ends it"
node -e '
let last = -1, n = 0;
for (const line of require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n")) {
  const r = JSON.parse(line);
  if (r.type !== "frame") continue;
  if (!(r.time_s > last)) throw new Error(`time ${r.time_s} after ${last}`);
  last = r.time_s; n++;
}
console.log(n + " frames");' "$work/stream.jsonl" || fail "records are not whole, or times do not increase"
pass "every record is JSON, and time never goes back"

live gone "udp://127.0.0.1:$(free_port)" --model lite
ends 2 15 "nobody sends: an error"
[ "$(wc -l <"$work/gone.err")" -eq 1 ] || fail "not one line: $(cat "$work/gone.err")"
pass "in one line: $(cat "$work/gone.err")"
