// A validator for the keywords of JSON Schema 2020-12 that models/session.schema.json uses; any
// other keyword is an error, so that none is passed over in silence.
//
//     node validate_schema.mjs [--self-test] SCHEMA DOCUMENT
//
// --self-test: the document meets the schema, and damaged in many ways does not.
import { readFileSync } from 'node:fs';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const isObject = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);
const types = {
    object: isObject,
    array: Array.isArray,
    string: (v) => typeof v === 'string',
    number: (v) => typeof v === 'number',
    integer: (v) => Number.isInteger(v),
    boolean: (v) => typeof v === 'boolean',
    null: (v) => v === null,
};
const SILENT = new Set(['$schema', '$defs', 'title', 'description']);

/** Findings, one text each. `seen` collects the properties that some keyword looked at. */
function validate(root, schema, value, path = '', seen = new Set()) {
    if (schema === true) return [];
    if (schema === false) return [`${path}: not allowed`];
    const found = [];
    const say = (what) => found.push(`${path || '/'}: ${what}`);
    const below = (s, v, key) => found.push(...validate(root, s, v, `${path}/${key}`));
    const ifType = (type, check) => (wanted) => { if (types[type](value)) check(wanted); };
    const rest = (name) => (s) => {
        if (!isObject(value)) return;
        const known = name === 'additionalProperties' ? Object.keys(schema.properties ?? {}) : seen;
        const is = new Set(known);
        for (const k of Object.keys(value)) {
            if (!is.has(k)) below(s, value[k], k);
            if (!is.has(k)) seen.add(k);
        }
    };
    const keywords = {
        $ref: (ref) => {
            const to = ref.split('/').slice(1).reduce((s, k) => s[k], root);
            if (!ref.startsWith('#/') || to === undefined) throw new Error(`no ${ref}`);
            found.push(...validate(root, to, value, path, seen));
        },
        type: (t) => {
            if (![t].flat().some((one) => types[one](value)))
                say(`${JSON.stringify(value)?.slice(0, 60)} is no ${[t].flat().join(' or ')}`);
        },
        const: (c) => { if (!same(c, value)) say(`not ${JSON.stringify(c)}`); },
        enum: (e) => { if (!e.some((c) => same(c, value))) say(`${value} is none of ${e}`); },
        minimum: ifType('number', (m) => { if (value < m) say(`${value} is under ${m}`); }),
        maximum: ifType('number', (m) => { if (value > m) say(`${value} is over ${m}`); }),
        exclusiveMinimum: ifType('number', (m) => { if (value <= m) say(`${value} is not over ${m}`); }),
        minItems: ifType('array', (n) => { if (value.length < n) say(`fewer than ${n} items`); }),
        maxItems: ifType('array', (n) => { if (value.length > n) say(`more than ${n} items`); }),
        items: ifType('array', (s) => value.forEach((v, i) => below(s, v, i))),
        required: ifType('object', (names) => {
            for (const k of names) if (!Object.hasOwn(value, k)) say(`no ${k}`);
        }),
        properties: ifType('object', (p) => {
            for (const [k, s] of Object.entries(p)) {
                if (!Object.hasOwn(value, k)) continue;
                seen.add(k);
                below(s, value[k], k);
            }
        }),
        allOf: (all) => all.forEach((s) => found.push(...validate(root, s, value, path, seen))),
        oneOf: (all) => {
            const results = all.map((s) => {
                const looked = new Set();
                return { looked, findings: validate(root, s, value, path, looked) };
            });
            const met = results.filter((r) => r.findings.length === 0);
            met.forEach((r) => r.looked.forEach((k) => seen.add(k)));
            if (met.length !== 1)
                say(`meets ${met.length} of ${all.length}: ${results.map((r) => r.findings[0])}`);
        },
        additionalProperties: rest('additionalProperties'),
        unevaluatedProperties: rest('unevaluatedProperties'),
    };
    // unevaluatedProperties looks at what all others left over.
    const order = Object.keys(schema).sort((a, b) =>
        (a === 'unevaluatedProperties') - (b === 'unevaluatedProperties'));
    for (const k of order) {
        if (SILENT.has(k)) continue;
        if (!keywords[k]) throw new Error(`${path}: keyword ${k} is not known here`);
        keywords[k](schema[k]);
    }
    return found;
}

/** Objects of the document lose each of their properties in turn, gain one, and have each changed to
 *  something of no type we write: all must be found. Of the many measures in an object, all alike,
 *  the last two are damaged within. */
function* damages(value, path = []) {
    if (Array.isArray(value)) {
        if (value.length) yield* damages(value[0], [...path, 0]);
    } else if (isObject(value)) {
        const keys = Object.keys(value);
        yield { path, what: 'gains', do: (o) => { o.surplus = 1; } };
        for (const k of keys) {
            yield { path, what: `loses ${k}`, do: (o) => { delete o[k]; } };
            yield { path, what: `has another ${k}`, do: (o) => { o[k] = [[]]; } };
        }
        for (const k of keys.length > 24 ? keys.slice(-2) : keys) yield* damages(value[k], [...path, k]);
    }
}

const isSelfTest = process.argv[2] === '--self-test';
const [schema, document] = process.argv.slice(isSelfTest ? 3 : 2).map(read);
const findings = validate(schema, schema, document);
if (isSelfTest) {
    let n = 0;
    for (const list of ['steps', 'faults', 'belt_settings']) document[list].splice(1);
    // Restored in place: a copy for each of thousands would take minutes.
    for (const damage of damages(document)) {
        const at = damage.path.reduce((v, k) => v[k], document), was = { ...at };
        damage.do(at);
        // Only the top section that was touched: the rest is as it was.
        const top = damage.path[0];
        const wrong = top === undefined ? validate(schema, schema, document)
            : validate(schema, schema.properties[top], document[top]);
        if (wrong.length === 0) findings.push(`/${damage.path.join('/')} ${damage.what}: not found`);
        for (const k of Object.keys(at)) delete at[k];
        Object.assign(at, was);
        n++;
    }
    console.log(`${n} damages`);
}
findings.slice(0, 20).forEach((f) => console.log(f));
process.exit(findings.length ? 1 : 0);
