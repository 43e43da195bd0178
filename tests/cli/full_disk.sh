# A disk that fills up: one line, status 5, nothing left under a final name.
. "$(dirname "$0")/common.sh"
[ -f "$sample" ] || skip "no sample clip"
mkdir "$work/disk"
mount -t tmpfs -o size=64k tmpfs "$work/disk" 2>/dev/null ||
    skip "cannot mount a small tmpfs here (needs root)"
trap 'umount "$work/disk"; rm -rf "$work"' EXIT

run analyze "$sample" --out "$work/disk/x"
fails_with 5 'frames\.csv|annotated\.mp4|session\.json|steps\.csv' "full disk"
nothing_in "$work/disk/x" "full disk: nothing left"
run analyze "$sample" --out "$work/disk/x" --format csv
fails_with 5 'csv' "full disk, tables only"
nothing_in "$work/disk/x" "full disk, tables only: nothing left"
