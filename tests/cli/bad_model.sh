# Network weights that are missing or not the pinned ones: status 4.
. "$(dirname "$0")/common.sh"
[ -f "$sample" ] || skip "no sample clip"
good="$TREAD_SOURCE_DIR/models/pose/node_modules/@mediapipe/pose"
[ -f "$good/pose_landmark_full.tflite" ] || skip "no weights; run tools/setup"

export TREADSCOPE_MODELS="$work/models"
fresh() { rm -rf "$work/models"; mkdir "$work/models"; cp "$good"/*.tflite "$good"/*assets.data "$work/models"; }
full="$work/models/pose_landmark_full.tflite"
detector="$work/models/pose_solution_packed_assets.data"

run analyze "$sample"; fails_with 4 'npm ci|tools/setup' "no folder of weights"
fresh; rm "$full"
run analyze "$sample"; fails_with 4 'pose_landmark_full\.tflite' "weights missing"
fresh; truncate -s 1000000 "$full"
run analyze "$sample"; fails_with 4 'pose_landmark_full\.tflite' "weights cut short"
fresh; printf '\377' | dd of="$full" bs=1 seek=3000000 conv=notrunc 2>/dev/null
run analyze "$sample"; fails_with 4 'pose_landmark_full\.tflite' "weights with a flipped byte"
fresh; cp "$work/models/pose_landmark_lite.tflite" "$full"
run analyze "$sample"; fails_with 4 'pose_landmark_full\.tflite' "another model under the name"
fresh; : >"$detector"
run analyze "$sample"; fails_with 4 'pose_solution_packed_assets\.data' "empty detector"
[ ! -e "$sample.treadscope" ] || fail "a folder was made without a model"
