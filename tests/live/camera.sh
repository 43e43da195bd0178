#!/bin/sh
# A camera by V4L2, with a stand-in for the kernel: chosen, unplugged, plugged in, frozen, absent.
. "$TREAD_SOURCE_DIR/tests/live/common.sh"
[ -n "$FAKE_V4L2" ] || skip "sanitizers do not go with a preloaded stand-in"

ff -i "$sample" -t 4 -vf scale=540:720 -c:v mjpeg -q:v 4 "$work/cam.avi"
export FAKE_V4L2_CLIP="$work/cam.avi" FAKE_V4L2_CONTROL="$work/control"
export FAKE_V4L2_MODES="YUYV:640x480@30,MJPG:540x720@30,MJPG:540x720@60"

LD_PRELOAD=$FAKE_V4L2 "$TREADSCOPE" doctor >"$work/doctor" || fail "doctor: exit status $?"
grep -q '^  /dev/video0 ' "$work/doctor" || fail "doctor lists no camera: $(cat "$work/doctor")"
grep -q '540x720 MJPEG at 60 fps *<-' "$work/doctor" || fail "doctor: $(cat "$work/doctor")"
pass "doctor lists the camera, its modes and the one that would be picked"

LD_PRELOAD=$FAKE_V4L2
export LD_PRELOAD
live camera --speed 11 --model lite
unset LD_PRELOAD
wait_for camera '"source_text":"[^"]*540x720 MJPEG at 60 fps"' 10 "no source given: the first camera, in its best mode"
wait_for camera '"state":"running"' 15 "a runner is seen"
wait_for camera '"type":"step"' 15 "steps come"

echo unplugged >"$work/control"
wait_for camera '"state":"lost"' 10 "unplugged: the page is told"
n=$(n_records camera '"type":"frame"')
rm "$work/control"
wait_for camera '"gaps":\[\{"from_s"' 45 "plugged in again: it goes on, and the gap is marked"
for _ in $(seq 100); do
    [ "$(n_records camera '"type":"frame"')" -gt $((n + 60)) ] && break
    sleep 0.1
done
[ "$(n_records camera '"type":"frame"')" -gt $((n + 60)) ] || fail "no frames after it came back"
pass "frames come after it came back"

echo frozen >"$work/control"
wait_for camera '"message":"No picture comes from the source."' 10 "frozen: the page is told"
kill -INT "$live"
ends 0 5 "Ctrl-C ends it while the camera is frozen"
grep -q '"type":"end".*"reason":"stopped"' "$work/camera.jsonl" || fail "no end record"
pass "the last record says so"

echo unplugged >"$work/control"
LD_PRELOAD=$FAKE_V4L2 "$TREADSCOPE" live --json --port 0 >"$work/none" 2>"$work/none.err"
status=$?
[ $status -eq 2 ] && [ "$(wc -l <"$work/none.err")" -eq 1 ] ||
    fail "no camera: exit status $status: $(cat "$work/none.err")"
grep -q 'no camera' "$work/none.err" || fail "no camera: $(cat "$work/none.err")"
pass "no camera: $(cat "$work/none.err")"
