#!/bin/sh
# What phones and network cameras offer over HTTP, and standard input.
. "$TREAD_SOURCE_DIR/tests/live/common.sh"

mkdir "$work/jpegs" "$work/hls"
ff -i "$sample" -t 4 -vf scale=540:720,fps=30 -q:v 4 "$work/jpegs/%04d.jpg"
ff -i "$sample" -an -vf scale=540:720 -c:v libx264 -preset veryfast -tune zerolatency -g 60 "$work/clip.ts"
ffmpeg -nostdin -v error -re -stream_loop -1 -i "$work/clip.ts" -c copy -f hls -hls_time 1 \
    -hls_list_size 4 "$work/hls/live.m3u8" &
children="$children $!"
node "$TREAD_SOURCE_DIR/tests/live/http.js" "$work/jpegs" "$work/hls" >"$work/port" &
children="$children $!"
for _ in $(seq 50); do
    [ -s "$work/port" ] && [ -s "$work/hls/live.m3u8" ] && break
    sleep 0.1
done
http=$(cat "$work/port")

live mjpeg "http://127.0.0.1:$http/mjpeg" --model lite --speed 11
wait_for mjpeg '"type":"step"' 20 "MJPEG over HTTP: steps"
wait_for mjpeg '"fps":(2[89]|3[01])[.]' 10 "at the rate it is sent"
kill -INT "$live"
ends 0 10 "stopped"

sleep 3 # the playlist needs its segments
live hls "http://127.0.0.1:$http/hls/live.m3u8" --model lite --speed 11
wait_for hls '"type":"step","step":4' 30 "HLS: steps"
dropped=$(grep '"type":"status"' "$work/hls.jsonl" | tail -n 1 | sed 's/.*"n_dropped":\([0-9]*\).*/\1/')
frames=$(n_records hls '"type":"frame"')
[ "$dropped" -lt "$frames" ] || fail "HLS comes in lumps and is not paced: $dropped of $frames dropped"
pass "HLS is paced: $frames pictures analysed, $dropped dropped"
kill -INT "$live"
ends 0 10 "stopped"

ffmpeg -nostdin -v error -re -i "$work/clip.ts" -t 4 -c copy -f mpegts - 2>/dev/null |
    "$TREADSCOPE" live - --model lite --json --port 0 >"$work/stdin.jsonl" 2>"$work/stdin.err" ||
    fail "standard input: $(cat "$work/stdin.err")"
[ "$(n_records stdin '"type":"frame"')" -gt 60 ] || fail "standard input: too few frames"
grep -q '"reason":"source_ended"' "$work/stdin.jsonl" || fail "standard input: no end"
pass "standard input: $(n_records stdin '"type":"frame"') pictures, and it ends with it"
