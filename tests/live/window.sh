#!/bin/sh
# --window on a screen that nobody sees: the picture, the keys, and what happens where there is none.
. "$TREAD_SOURCE_DIR/tests/live/common.sh"
[ -z "$TREAD_SANITIZE" ] || skip "Qt does not go with sanitizers"
command -v Xvfb >/dev/null || skip "Xvfb is not installed"
command -v xdotool >/dev/null || skip "xdotool is not installed"

# refused WHAT PATTERN: --window ends at once with one line, and nothing was begun.
refused() {
    "$TREADSCOPE" live "$sample" --window --port 0 >"$work/refused" 2>"$work/refused.err"
    status=$?
    [ $status -eq 4 ] || fail "$1: exit status $status, wanted 4"
    [ "$(wc -l <"$work/refused.err")" -eq 1 ] && grep -q "$2" "$work/refused.err" ||
        fail "$1: $(cat "$work/refused.err")"
    [ ! -s "$work/refused" ] || fail "$1: $(cat "$work/refused")"
    pass "$1: $(sed "s|$work/||" "$work/refused.err")"
}

# Long enough that a busy machine gets through the keys before it ends.
ff -stream_loop 9 -i "$sample" -c copy "$work/long.mp4"

unset DISPLAY WAYLAND_DISPLAY
refused "no display" "no display"
export DISPLAY=127.0.0.1:97
refused "a display that does not answer" "127.0.0.1:97"

export XDG_RUNTIME_DIR="$work"
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>"$work/display" 2>/dev/null &
children="$children $!"
for _ in $(seq 100); do
    [ -s "$work/display" ] && break
    sleep 0.1
done
[ -s "$work/display" ] || skip "Xvfb does not start"
DISPLAY=:$(cat "$work/display")

mkdir "$work/alone"
cp "$TREADSCOPE" "$work/alone/treadscope"
built=$TREADSCOPE
TREADSCOPE="$work/alone/treadscope"
[ -e "$INSTALLED_MODULE" ] || refused "no module" "libtreadscope_window.so"
TREADSCOPE=$built

# greys: how many of the 256 are on a twentieth of a percent of the screen or more.
greys() {
    ff -f x11grab -video_size 1280x800 -i "$DISPLAY" -frames:v 1 -f rawvideo -pix_fmt gray \
        "$work/screen"
    node -e '
const count = new Array(256).fill(0), screen = require("fs").readFileSync(process.argv[1]);
for (const v of screen) count[v]++;
console.log(count.filter((n) => n > screen.length / 2000).length);' "$work/screen"
}
key() { # KEY: to the window, which has to have the keyboard
    xdotool windowfocus --sync "$window" key "$1" || fail "xdotool: key $1"
}

[ "$(greys)" -lt 5 ] || fail "the empty screen is not empty"
live window "$work/long.mp4" --window --model lite --speed 11
window=$(timeout 10 xdotool search --sync --onlyvisible --name '^treadscope' | head -n 1)
[ -n "$window" ] || fail "no window appears"
pass "a window appears"
wait_for window '"state":"running"' 15 "the session runs"
for _ in $(seq 20); do
    [ "$(greys)" -gt 50 ] && break
    sleep 0.2
done
[ "$(greys)" -gt 50 ] || fail "the window shows no picture: $(greys) greys"
pass "it shows a picture"
key plus
wait_for window '"speed_kmh":11.5' 5 "+ is half a km/h more"
xdotool getwindowname "$window" | grep -q '11.5 km/h' || fail "$(xdotool getwindowname "$window")"
key minus
key minus
wait_for window '"speed_kmh":10.5' 5 "- is half a km/h less"
key space
wait_for window '"state":"paused"' 5 "space pauses"
key space
key q
ends 0 10 "q ends the session"
grep -q '"type":"end".*"reason":"stopped"' "$work/window.jsonl" || fail "no end record"
pass "as stopped by the user"

live escape "$work/long.mp4" --window --model lite
window=$(timeout 10 xdotool search --sync --onlyvisible --name '^treadscope' | head -n 1)
wait_for escape '"type":"frame"' 10 "another session"
key Escape
ends 0 10 "Esc ends it too"
