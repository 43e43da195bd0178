#!/bin/sh
# tools/check_rooms has to find what it is there for: each violation is planted in a
# copy of the tree, must be named, and must be gone when it is taken out again.
set -eu

source=${TREAD_SOURCE_DIR:?}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
# Headers are enough: a violation in a .c file stands in a file of its own.
mkdir -p "$copy/include" "$copy/src" "$copy/tools"
(cd "$source" && find include src -name '*.h' -print) | while IFS= read -r f; do
    mkdir -p "$copy/$(dirname "$f")"
    cp "$source/$f" "$copy/$f"
done
mkdir -p "$copy/tests"
cp "$source/tools/check_rooms" "$copy/tools/"
failures=0

# plant FILE TEXT FINDING: TEXT goes to the end of FILE (printf escapes).
plant() {
    target=$copy/$1
    mkdir -p "$(dirname "$target")"
    had=no
    if [ -e "$target" ]; then had=yes && cp "$target" "$copy/kept"; fi
    # shellcheck disable=SC2059
    printf "$2" >> "$target"
    status=0
    "$copy/tools/check_rooms" "$copy" > "$copy/found" || status=$?
    if [ "$3" = nothing ]; then
        if grep -F "$1:" "$copy/found"; then
            echo "FAILED: refused in $1: $2"
            failures=$((failures + 1))
        fi
    elif [ "$status" -ne 1 ] || ! grep -F "$1:" "$copy/found" | grep -qF "$3"; then
        echo "FAILED: not found in $1: $3 (status $status)"
        failures=$((failures + 1))
    fi
    if [ $had = yes ]; then mv "$copy/kept" "$target"; else rm "$target"; fi
}

# Arrows that point up or sideways.
plant src/motion/smooth.c '#include "gait/gait.h"\n' 'above or beside'
plant src/base/clock.c '#include "linalg/linalg.h"\n' 'above or beside'
plant src/pose/pose.h '#include "media/media.h"\n' 'above or beside'
plant src/gait/steps.c '#include "session/session.h"\n' 'above or beside'
plant src/report/report.h '#include "gait/gait.h"\n' 'above or beside'
plant src/media/frame.c '#  include  <vision/vision.h>\n' 'above or beside'
plant src/session/session.h '#include "cli/cli.h"\n' 'above or beside'
plant src/gait/gait.h '#include <treadscope/session.h>\n' 'above it'
plant src/linalg/linalg.h '#include <treadscope/analyzer.h>\n' 'above it'

# Doors.
plant src/analyzer/analyzer.c '#include "gait/frame.h"\n' 'its door is gait/gait.h'
plant src/session/session.c '#include "media/decoder.h"\n' 'its door is media/media.h'
plant src/gait/steps.c '#include "../motion/motion.h"\n' 'is relative'
plant src/gait/steps.c '#include "nowhere.h"\n' 'names no room'
plant src/gait/steps.c '#include HEADER\n' 'by macro'
plant src/attic/attic.c 'int attic;\n' 'not in the table'

# Libraries outside their room.
plant src/session/session.c '#include <libavformat/avformat.h>\n' 'libav outside'
plant src/pose/graph.c '#include <libswscale/swscale.h>\n' 'libav outside'
plant src/report/report.h '#include <opencv2/core.hpp>\n' 'OpenCV outside'
plant src/gait/steps.c '#include <xnnpack.h>\n' 'XNNPACK outside'
plant src/motion/view.c '#include <cblas.h>\n' 'BLAS outside'
plant src/motion/view.c '#include "lapacke.h"\n' 'BLAS outside'
plant tools/treadsynth/video.c '#include <cblas.h>\n' 'BLAS outside'

# White space.
plant src/gait/gait.h '\tint tab;\n' 'tab'
plant include/treadscope/status.h '/* trailing */ \n' 'trailing space'
plant tools/treadsynth/vec.h 'int dos;\r\n' 'CRLF'
plant tests/test_end.c 'int end;' 'no newline'
plant tools/helper '#!/bin/sh\n\ttrue\n' 'tab'

# What is allowed stays allowed.
plant src/motion/view.c '#include "base/clock.h"\n#include <linalg/linalg.h>\n' nothing
plant src/session/session.c '#include <treadscope/session.h>\n#include "media/media.h"\n' nothing
plant src/report/report.h '#include <treadscope/analyzer.h>\n#include "vision/vision.h"\n' nothing
plant src/gait/steps.c '/* #include "session/session.h" */\n' nothing
plant tools/benchmark/networks.c '#include <cblas.h>\n' nothing
plant tests/media/clips.c '#include <libavutil/frame.h>\n#include "media/frame.h"\n' nothing
plant src/linalg/linalg.c '#include <lapacke.h>\n' nothing

if "$copy/tools/check_rooms" "$copy/src" 2> "$copy/found"; then
    echo "FAILED: a folder that is no tree passes"
    failures=$((failures + 1))
fi
[ "$failures" -eq 0 ] || exit 1
echo "every planted violation was found"
