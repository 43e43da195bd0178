# usage: run.sh TEST.js: where there is a browser to run it in.
set -eu
cd "$(dirname "$0")"

skip() { echo "skipped: $*; tools/setup installs it"; exit 77; }
[ -x /usr/bin/chromium ] || skip "no /usr/bin/chromium"
[ -d node_modules/playwright-core ] && [ -d node_modules/axe-core ] || skip "tests/web has no node_modules"
command -v node >/dev/null 2>&1 || skip "no node"

exec node --test "$@"
