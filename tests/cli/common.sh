# Shared by the scripts beside it: sourced, not run.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_checks=0

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; exit 1; }
pass() { n_checks=$((n_checks + 1)); echo "ok $n_checks - $*"; }

# run ARGS...: the program; status in $status, output in $work/out and $work/err.
run() {
    status=0
    "$TREADSCOPE" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

# fails_with STATUS PATTERN WHAT: the last run failed as it should, in one line.
fails_with() {
    [ "$status" -eq "$1" ] || fail "$3: exit status $status, wanted $1: $(cat "$work/err")"
    [ "$(wc -l <"$work/err")" -eq 1 ] || fail "$3: not one line: $(cat "$work/err")"
    grep -qE -e "$2" "$work/err" || fail "$3: the line does not say $2: $(cat "$work/err")"
    pass "$3: $(cat "$work/err" | sed "s|$work/||g")"
}

# succeeds WHAT
succeeds() {
    [ "$status" -eq 0 ] || fail "$1: exit status $status: $(cat "$work/err")"
    pass "$1"
}

# nothing_in DIR WHAT: no file, half-written or whole.
nothing_in() {
    [ ! -e "$1" ] || [ -z "$(ls -A "$1")" ] || fail "$2: left behind: $(ls -A "$1")"
    pass "$2"
}

# A person to look at: our own sample clip.
sample="$TREAD_SOURCE_DIR/samples/runner_left.mp4"
command -v ffmpeg >/dev/null || skip "ffmpeg is not installed"
ff() { ffmpeg -nostdin -v error -y "$@" || fail "ffmpeg $*"; }
