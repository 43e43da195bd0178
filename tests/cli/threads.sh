# The same bytes with any number of threads, for clips of every temper.
. "$(dirname "$0")/common.sh"

[ -f "$sample" ] || skip "no sample clip"
small="scale=270:360,fps=15"

# same CLIP WHAT COUNTS [OPTIONS]: all files, and what is said, are those of one thread.
same() {
    clip=$1 what=$2 counts=$3
    shift 3
    for n in 1 $counts; do
        run analyze "$clip" --model lite --format json,csv --save-landmarks --no-history \
            --out "$work/out_$n" --threads "$n" "$@"
        sed "s|out_$n|out_1|g" "$work/out" >"$work/said_$n"
        sed "s|out_$n|out_1|g" "$work/err" >>"$work/said_$n"
        echo "exit $status" >>"$work/said_$n"
        cmp -s "$work/said_1" "$work/said_$n" ||
            fail "$what, $n threads: $(diff "$work/said_1" "$work/said_$n")"
        [ "$n" -eq 1 ] || [ "$status" -ne 0 ] || diff -r "$work/out_1" "$work/out_$n" >/dev/null ||
            fail "$what, $n threads: $(diff -rq "$work/out_1" "$work/out_$n")"
    done
    pass "$what: 1 $counts threads, $(tail -n 1 "$work/said_1")"
    rm -rf "$work"/out_* "$work"/said_*
}

ff -i "$sample" -an -t 6.2 -vf "$small" -c:v libx264 -g 25 -bf 3 "$work/run.mp4"
same "$work/run.mp4" "a runner" "2 3 8"
same "$work/run.mp4" "a part, slow motion" "3" --from 0.4 --to 2.9 --capture-fps 30

# Stops before a seam; behind it somebody smaller runs beside.
ff -i "$sample" -an -t 4.3 -filter_complex "[0]$small,split[a][b];
[a]trim=0:1.9,tpad=stop_mode=clone:stop_duration=9,pad=540:360:135[c];
[b]hflip,crop=110:360,scale=88:288[d];[c][d]overlay=x=440:y=60:enable='gt(t\,1.9)'" \
    -c:v libx264 -g 30 "$work/beside.mp4"
same "$work/beside.mp4" "somebody runs beside" "2"

# Damage in the middle, and at the end.
cp "$work/run.mp4" "$work/damaged.mp4"
size=$(wc -c <"$work/run.mp4")
head -c 400 /dev/zero | tr '\0' 'U' |
    dd of="$work/damaged.mp4" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
same "$work/damaged.mp4" "damage" "3"
ff -i "$work/run.mp4" -c copy "$work/run.ts"
head -c $((size * 6 / 10)) "$work/run.ts" >"$work/cut.ts"
same "$work/cut.ts" "a stream cut short" "2"
same "$work/nothing.mp4" "no clip" "2"

# What cannot be sought.
piped() {
    "$TREADSCOPE" analyze - --model lite --format json --no-history --out "$work/piped_$1" \
        --threads "$1" <"$work/cut.ts" >/dev/null 2>"$work/err" || fail "pipe: $(cat "$work/err")"
}
piped 1
piped 2
cmp -s "$work/piped_1/session.json" "$work/piped_2/session.json" || fail "a pipe differs"
pass "a pipe: 1 2 threads"

run analyze "$sample" --threads 0
fails_with 1 'threads.*1 to 64' "--threads 0"
run analyze "$sample" --threads 1.5
fails_with 1 'threads.*1 to 64' "--threads 1.5"
