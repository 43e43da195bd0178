# Fault rules: listed, extended, refused when damaged, and what they find in session.json.
. "$(dirname "$0")/common.sh"
export TREADSCOPE_RULES="$TREAD_SOURCE_DIR/models/form/running.yaml"

run rules --help; succeeds "rules --help"
run rules --nonsense; [ "$status" -eq 1 ] || fail "unknown option: status $status"
pass "unknown option"
run rules a.yaml b.yaml; fails_with 1 'one file' "two files"
run rules; succeeds "rules"
cp "$work/out" "$work/shipped"
n=$(grep -cE '^ +- id: ' "$TREAD_SOURCE_DIR/models/form/running.yaml")
[ "$(wc -l <"$work/shipped")" -eq $((n + 1)) ] || fail "not a line a rule: $(cat "$work/shipped")"
for id in trunk_forward overstride cadence_low bounce pelvic_drop; do
    grep -qE "^$id " "$work/shipped" || fail "$id is not listed"
done
pass "every rule is listed"
run rules --measures; succeeds "rules --measures"
sed -n 's/.*{measure: \([a-z_0-9]*\),.*/\1/p' "$TREAD_SOURCE_DIR/models/form/running.yaml" | sort -u |
    while read -r measure; do
        grep -qE "^$measure " "$work/out" || fail "$measure is not listed"
    done || exit 1
pass "--measures lists all that rules look at"

# rule ID MEASURE LEVELS: a rule of one part.
rule() {
    printf '  - id: %s\n    title: Of the test\n    view: [side]\n    side: both\n    phase: stride\n' "$1"
    printf '    parts:\n      - {measure: %s, usual: [50, 90], %s}\n' "$2" "$3"
    printf '    source: a test\n    cue: Calm down\n    meaning: M.\n    why: W.\n    advice: A.\n'
}
good="$work/good.yaml"
{ printf 'version: 1\nrules:\n'; rule bounce cadence_spm 'high: [100, 110, 120]'
  rule of_mine cadence_spm 'low: [30]'; } >"$good"
run rules "$good"; succeeds "a good file"
[ "$(wc -l <"$work/out")" -eq $((n + 2)) ] || fail "one rule was to be added: $(cat "$work/out")"
grep -qE '^bounce +Of the test +50 to 90 .* 3 +Calm down$' "$work/out" || fail "bounce was not replaced"
grep -qE '^of_mine ' "$work/out" || fail "of_mine was not added"
[ "$(grep -vE '^(bounce|of_mine) ' "$work/out")" = "$(grep -vE '^bounce ' "$work/shipped")" ] ||
    fail "other rules changed"
pass "one rule replaced, one added, the others as they were"

bad="$work/bad.yaml"
sed 's/high: .100, 110/high: [110, 100/' "$good" >"$bad"
run rules "$bad"; fails_with 4 'bad\.yaml:9: high: ' "levels that do not rise"
sed 's/phase: stride/phase: swing/' "$good" >"$bad"
run rules "$bad"; fails_with 4 'bad\.yaml:7: phase: ' "an unknown word"
sed 's/    cue: /    que: /' "$good" >"$bad"
run rules "$bad"; fails_with 4 'bad\.yaml:11: que: ' "an unknown key"
sed 's/^rules:/rules: [/' "$good" >"$bad"
run rules "$bad"; fails_with 4 'bad\.yaml:[0-9]+: not YAML' "broken YAML"
run rules "$work/missing.yaml"; fails_with 4 'missing\.yaml: cannot be read' "not there"
usual=$TREADSCOPE_RULES; TREADSCOPE_RULES="$bad"
run rules; fails_with 4 'bad\.yaml:[0-9]+: not YAML' "TREADSCOPE_RULES"
TREADSCOPE_RULES="$usual"

[ -f "$sample" ] || skip "no sample clip"
command -v node >/dev/null || skip "node is not installed"
cp "$sample" "$work/clip.mp4"
run analyze "$work/clip.mp4" --rules "$work/missing.yaml"
fails_with 4 'missing\.yaml: cannot be read' "analyze --rules of a file that is not there"
[ ! -s "$work/out" ] || fail "something was printed: $(cat "$work/out")"
[ ! -e "$work/clip.mp4.treadscope" ] || fail "a folder was made"
run analyze "$work/clip.mp4" --rules "$bad" --out "$work/none"
fails_with 4 'bad\.yaml:[0-9]+: not YAML' "analyze --rules of a broken file"
[ ! -e "$work/none" ] || fail "a folder was made"
[ -z "$(ls "$work" | grep -vxE '(good|bad)\.yaml|out|err|shipped|clip\.mp4')" ] ||
    fail "left behind: $(ls "$work")"
pass "before any work"
run analyze "$work/clip.mp4" --rules ''; fails_with 1 'rules' "--rules of nothing"

# 168 steps a minute: far over 120, and over 30.
run analyze "$work/clip.mp4" --speed 11 --rules "$good" --format json --out "$work/x"
succeeds "analyze --rules"
grep -q '^Of the test, far outside the usual range' "$work/out" || fail "not told: $(cat "$work/out")"
grep -q 'A\.$' "$work/out" || fail "no advice: $(cat "$work/out")"
pass "the fault is told"
node -e '
const s = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
const need = (is, what) => { if (!is) throw new Error(what + ": " + JSON.stringify(s.faults)); };
const mine = s.faults.filter((f) => f.rule === "bounce");
need(mine.length === 1, "one fault of the rule");
need(!s.faults.some((f) => f.rule === "of_mine"), "none of what is not out");
const f = mine[0];
const keys = ["rule", "title", "side", "level", "severity", "steps", "begin_s", "raised_s", "end_s",
              "shown_s", "measure", "value", "unit", "usual_low", "usual_high", "confidence", "cue",
              "meaning", "why", "advice", "source"];
need(Object.keys(f).sort().join() === keys.sort().join(), "its keys");
const told = {title: "Of the test", side: "both", level: 3, severity: "high", end_s: null,
              measure: "cadence_spm", unit: "steps/min", usual_low: 50, usual_high: 90,
              cue: "Calm down", meaning: "M.", why: "W.", advice: "A.", source: "a test"};
for (const [k, v] of Object.entries(told)) need(f[k] === v, k);
need(f.value > 164 && f.value < 172, "value");
need(f.begin_s >= 0 && f.begin_s < 1, "begin_s");
need(f.raised_s >= f.begin_s + 5 && f.raised_s < 6.5, "raised_s");
need(f.shown_s >= f.begin_s && f.shown_s < 60, "shown_s");
need(f.confidence > 0.9 && f.confidence <= 1, "confidence");
need(f.steps >= 7 && f.steps <= s.steps.length, "steps");
' "$work/x/session.json" || fail "session.json"
pass "session.json has the fault with all its fields"
