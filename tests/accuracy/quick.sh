#!/bin/sh
# Accuracy cannot get worse unseen: the sample clip, or some of the laboratory cases,
# scored and held against ceilings.txt. usage: quick.sh clip|lab
set -eu
here=$TREAD_SOURCE_DIR/tests/accuracy
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

clip() {
    sample=$TREAD_SOURCE_DIR/samples/runner_left
    status=0
    "$TREADSCOPE" analyze "$sample.mp4" --speed 11 --format json,csv --out "$work/out" \
        >"$work/log" 2>&1 || status=$?
    [ "$status" -ne 4 ] || { echo "skipped: $(tail -n 1 "$work/log")"; exit 77; }
    [ "$status" -eq 0 ] || { cat "$work/log"; exit 1; }
    "$ACCURACY_SCORE" clip --name runner_left --group look --truth "$sample.truth.json" \
        --results "$work/out" >"$work/scores"
}

lab() {
    for name in noise_30 noise_60 all_60 all_120; do
        status=0
        "$ACCURACY_SCORE" lab --only $name "$TREAD_SHARED_DIR/truth/rbds001_2.5ms" \
            >>"$work/scores" || status=$?
        [ "$status" -ne 77 ] || exit 77
        [ "$status" -eq 0 ] || exit 1
    done
}

"$1"
"$ACCURACY_SCORE" check "$here/ceilings.txt" "$work/scores"
