# Shared by the scripts beside it: sourced, not run. A live session runs as a process of its own,
# its records in $work/NAME.jsonl.
set -u
work=$(mktemp -d)
children=''
# shellcheck disable=SC2086
trap 'kill -9 $children 2>/dev/null; rm -rf "$work"' EXIT
n_checks=0

skip() { echo "skipped: $*"; exit 77; }
fail() {
    echo "FAILED: $*"
    tail -n 3 "$work"/*.jsonl "$work"/*.err 2>/dev/null | cut -c1-600
    exit 1
}
pass() { n_checks=$((n_checks + 1)); echo "ok $n_checks - $*"; }

sample="$TREAD_SOURCE_DIR/samples/runner_left.mp4"
command -v ffmpeg >/dev/null || skip "ffmpeg is not installed"
command -v node >/dev/null || skip "node is not installed"
ff() { ffmpeg -nostdin -v error -y "$@" || fail "ffmpeg $*"; }

# A port nobody uses.
free_port() {
    node -e 'const s = require("dgram").createSocket("udp4");
             s.bind(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# live NAME ARGS...: start a session; its process in $live.
live() {
    name=$1
    shift
    "$TREADSCOPE" live "$@" --json --port 0 >"$work/$name.jsonl" 2>"$work/$name.err" </dev/null &
    live=$!
    children="$children $live"
}

# send FILE URL [ffmpeg options]: a second process that streams it over and over; in $sender.
send() {
    file=$1 url=$2
    shift 2
    ffmpeg -nostdin -v error -re -stream_loop -1 -i "$file" "$@" -c copy -f mpegts "$url" 2>/dev/null &
    sender=$!
    children="$children $sender"
}

# wait_for NAME PATTERN SECONDS WHAT: until a record of the session matches.
wait_for() {
    for _ in $(seq $(($3 * 10))); do
        grep -qE -e "$2" "$work/$1.jsonl" 2>/dev/null && { pass "$4"; return; }
        sleep 0.1
    done
    fail "$4: no record matches $2 after $3 s"
}

# n_records NAME PATTERN
n_records() { grep -cE -e "$2" "$work/$1.jsonl"; }

# ends STATUS SECONDS WHAT: the session in $live ends by itself with this exit status.
ends() {
    for _ in $(seq $(($2 * 20))); do
        kill -0 "$live" 2>/dev/null || break
        sleep 0.05
    done
    kill -0 "$live" 2>/dev/null && fail "$3: still running after $2 s"
    status=0
    wait "$live" || status=$?
    [ "$status" -eq "$1" ] || fail "$3: exit status $status, wanted $1"
    pass "$3"
}

# port_of NAME: where the page of a session is.
port_of() {
    for _ in $(seq 100); do
        port=$(sed -n 's|^Open http://[^:]*:\([0-9]*\)/.*|\1|p' "$work/$1.err")
        [ -n "$port" ] && { echo "$port"; return; }
        sleep 0.1
    done
    fail "$1: no link was printed"
}
