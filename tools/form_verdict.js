// One clip of tests/form/suite.txt: its line, its session.json -> a line that says whether the
// faults are those that were dialled in. Ends with how many other remarks of level 1 there are.
const fs = require("fs");
const line = process.argv[2].split(" -- ")[0].trim().split(/\s+/);
const session = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
const wanted = line.slice(1).filter((w) => w !== "none").map((w) => w.split("="));
const faults = session.faults;
const wrong = [];
const told = [];
for (const [rule, level] of wanted) {
    const found = faults.filter((f) => f.rule === rule)[0];
    if (!found) {
        wrong.push("missed " + rule);
        continue;
    }
    if (Math.abs(found.level - Number(level)) > 1) wrong.push(rule + " at level " + found.level);
    // within 6 s of being sustained, or half a stride later: a step is known when it is over
    if (found.raised_s - found.begin_s > 6.4)
        wrong.push(rule + " after " + (found.raised_s - found.begin_s).toFixed(1) + " s");
    told.push(rule + " level " + found.level + " (" + found.value.toFixed(1) + ")");
}
const others = faults.filter((f) => !wanted.some(([rule]) => rule === f.rule));
for (const f of others)
    if (f.level >= 2) wrong.push("also " + f.rule + " level " + f.level + " (" + f.value.toFixed(1) + ")");
const watch = others.filter((f) => f.level === 1);
console.log([wrong.length ? "NOT" : "ok ", line[0] + ":", told.concat(wrong).join(", "),
             watch.length ? "| beside: " + watch.map((f) => f.rule).join(" ") : "",
             "|", watch.length].join(" "));
