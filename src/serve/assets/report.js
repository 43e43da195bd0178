/* The session so far, for people: /session.json as analyze writes it, in plain words. */

/* Measures a runner asks about, in their words; the others are listed below under their keys. */
const MAIN = {
    trunk_lean_deg: 'Torso over pelvis, leaning forward',
    knee_flexion_contact_deg: 'Knee bend as the foot lands',
    knee_flexion_peak_stance_deg: 'Knee bend under load, deepest',
    foot_strike_angle_deg: 'Foot angle as it lands, toes up',
    rearfoot_pct: 'Steps landing heel first',
    foot_ahead_pct_leg: 'Foot ahead of the hips as it lands, of leg length',
    cadence_spm: 'Cadence',
    contact_ms: 'Contact time',
    flight_ms: 'Time in the air',
    step_length_m: 'Step length',
    vertical_oscillation_cm: 'Up and down, each step',
};
/* How a key ends is its unit. */
const UNITS = [['_deg_s', ' °/s', 0], ['_deg', '°', 1], ['_pct_leg', ' %', 1], ['_pct_trunk', ' %', 1],
               ['_pct_hips', ' %', 1], ['_pct', ' %', 1], ['_ms', ' ms', 0], ['_cm', ' cm', 1],
               ['_n_m_kg', ' N/m/kg', 0], ['_m', ' m', 2], ['_spm', ' steps/min', 1], ['_kmh', ' km/h', 1],
               ['', '', 2]];
const GRADE = { 1: 'Watch it', 2: 'Work on it', 3: 'Work on it first' };
const N_TO_WORK_ON = 2;
const NS = 'http://www.w3.org/2000/svg';

const $ = (id) => document.getElementById(id);

function element(tag, className, ...children) {
    const node = document.createElement(tag);
    if (className)
        node.className = className;
    node.append(...children);
    return node;
}

function icon(name, className) {
    const svg = document.createElementNS(NS, 'svg'), use = document.createElementNS(NS, 'use');
    svg.setAttribute('class', `icon ${className}`);
    svg.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', name);
    svg.append(use);
    return svg;
}

const fixed = (v, decimals) => {
    const text = Math.abs(v).toFixed(decimals);
    return v < 0 && Number(text) ? `−${text}` : text;
};
const unitOf = (key) => UNITS.find(([end]) => key.endsWith(end));
const sideWord = (side) => (side === 'both' ? '' : `, ${side}`);

function duration(s) {
    const n = Math.round(s), minutes = Math.floor(n / 60), seconds = n % 60;
    const part = (v, word) => (v ? `${v} ${word}${v === 1 ? '' : 's'}` : '');
    return [part(minutes, 'minute'), part(seconds, 'second')].filter(Boolean).join(' ') || '0 seconds';
}

/* ---- what to work on --------------------------------------------------------------------------- */

/* The gravest first, then the most frequent; a rule once, for the side where it was gravest. */
function toWorkOn(faults) {
    const sorted = [...faults].sort((a, b) => b.level - a.level || b.steps - a.steps);
    return sorted.filter((f, i) => f.level > 0 && sorted.findIndex((g) => g.rule === f.rule) === i);
}

function clock(s) {
    return `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, '0')}`;
}

function when(fault, all) {
    const same = all.filter((f) => f.rule === fault.rule && f.side === fault.side)
        .sort((a, b) => a.begin_s - b.begin_s);
    const spans = same.slice(0, 4).map((f) =>
        f.end_s === null ? `from ${clock(f.begin_s)} to the end` : `${clock(f.begin_s)} to ${clock(f.end_s)}`);
    const more = same.length > 4 ? `, and ${same.length - 4} times more` : '';
    const steps = same.reduce((sum, f) => sum + f.steps, 0);
    return `${spans.join(', ')}${more}; ${steps} steps.`;
}

function usualText(fault) {
    const [, , decimals] = unitOf(fault.measure), u = fault.unit === 'deg' ? '°' : ` ${fault.unit}`;
    const low = fault.usual_low, high = fault.usual_high, n = (v) => fixed(v, Math.min(decimals, 1)).replace(/\.0$/, '');
    if (low !== null && high !== null)
        return `usual is ${n(low)} to ${n(high)}${u}`;
    return low !== null ? `usual is ${n(low)}${u} or more` : high !== null ? `usual is up to ${n(high)}${u}` : '';
}

function faultCard(fault, all) {
    const head = element('div', 'fault-head', icon(`#i-level${fault.level}`, `tone${fault.level}`),
        element('div', '', element('h3', '', fault.title + sideWord(fault.side)),
            element('p', 'grade', GRADE[fault.level])));
    const [, , decimals] = unitOf(fault.measure);
    const figures = fault.value === null ? '' : element('p', 'figures',
        element('b', '', fixed(fault.value, Math.min(decimals, 1)) + (fault.unit === 'deg' ? '°' : ` ${fault.unit}`)),
        element('span', '', usualText(fault)));
    const words = element('dl', '');
    for (const [name, text, className] of [['What to do', fault.advice, 'advice'], ['Think of', fault.cue],
        ['What it is', fault.meaning], ['Why it matters', fault.why], ['When', when(fault, all)]])
        if (text)
            words.append(element('dt', '', name), element('dd', className ?? '', text));
    return element('article', `fault level${fault.level}`, head, figures, words);
}

/* ---- numbers ------------------------------------------------------------------------------------ */

function cell(measure, key, className) {
    if (!measure || measure.value === null)
        return element('td', className, '–');
    const [, unit, decimals] = unitOf(key);
    const td = element('td', className, element('b', '', fixed(measure.value, decimals) + (unit === '°' ? unit : '')));
    if (unit !== '°')
        td.append(element('small', '', unit));
    if (measure.low !== null && measure.high !== null)
        td.append(element('small', '', ` ± ${fixed(Math.max(measure.high - measure.value, measure.value - measure.low), decimals)}`));
    return td;
}

function plainName(key) {
    const [end] = unitOf(key);
    const words = key.slice(0, key.length - end.length).replaceAll('_', ' ');
    return words.charAt(0).toUpperCase() + words.slice(1);
}

function table(summary, keys, names, caption) {
    const head = element('tr', '', element('th', '', 'Measure'), element('th', '', 'Both feet'),
        element('th', 'side', 'Left'), element('th', 'side', 'Right'));
    for (const th of head.children)
        th.scope = 'col';
    const body = element('tbody', '');
    for (const key of keys) {
        const name = element('th', '', names[key] ?? plainName(key)), measure = summary[key];
        name.scope = 'row';
        if (measure.value === null) {
            const why = measure.reason ?? 'not measured';
            const reason = element('td', 'reason', why.charAt(0).toUpperCase() + why.slice(1));
            reason.colSpan = 3;
            body.append(element('tr', '', name, reason));
            continue;
        }
        body.append(element('tr', '', name, cell(measure, key, ''), cell(summary.left?.[key], key, 'side'),
            cell(summary.right?.[key], key, 'side')));
    }
    const result = element('table', '', element('caption', 'unseen', caption), element('thead', '', head), body);
    const scroll = element('div', 'scroll', result);
    scroll.tabIndex = 0;
    scroll.setAttribute('role', 'region');
    scroll.setAttribute('aria-label', caption);
    return scroll;
}

/* ---- the page ----------------------------------------------------------------------------------- */

/* The setting the session ended with, and how many there were. */
function beltText(settings) {
    const last = settings.belt_changes.at(-1) ?? settings, n = settings.belt_changes.length;
    const parts = [];
    if (last.speed_kmh)
        parts.push(`${n ? 'last ' : ''}at ${fixed(last.speed_kmh, 1)} km/h`);
    if (last.incline_pct)
        parts.push(`${fixed(last.incline_pct, 1)} % incline`);
    return parts.length ? `, ${parts.join(', ')}` : '';
}

function headline(session, work) {
    if (session.summary.no_steps_reason)
        return 'No running steps were measured.';
    if (!work.length)
        return 'Nothing stood out: keep running like this.';
    const names = work.slice(0, N_TO_WORK_ON).map((f) => f.title.charAt(0).toLowerCase() + f.title.slice(1));
    return names.length === 1 ? `One thing to work on: ${names[0]}.`
        : `Two things to work on: ${names[0]}, and ${names[1]}.`;
}

function show(session) {
    const { summary, quality, settings } = session;
    const main = $('report'), work = toWorkOn(session.faults ?? []);
    $('headline').textContent = headline(session, work);
    const moved = quality.walking_s > quality.running_s ? ['walked', quality.walking_s] : ['ran', quality.running_s];
    const lead = [`You ${moved[0]} for ${duration(moved[1] ?? 0)}${beltText(settings)}.`,
        `${quality.steps_valid} of ${quality.steps} steps count in the numbers.`, summary.no_steps_reason];
    $('lead').textContent = lead.filter(Boolean).join(' ');

    for (const fault of work.slice(0, N_TO_WORK_ON))
        main.append(faultCard(fault, session.faults));
    if (work.length > N_TO_WORK_ON) {
        const also = element('ul', 'also');
        for (const f of work.slice(N_TO_WORK_ON))
            also.append(element('li', '', icon(`#i-level${f.level}`, `tone${f.level}`),
                element('span', '', `${f.title}${sideWord(f.side)}: ${f.meaning}`)));
        main.append(element('h2', '', 'Also seen'), also);
    }

    const isMeasure = (key) => summary[key] && typeof summary[key] === 'object' && 'value' in summary[key];
    const keys = Object.keys(summary).filter(isMeasure);
    main.append(element('h2', '', 'Your numbers'),
        table(summary, Object.keys(MAIN).filter(isMeasure), MAIN, 'Your numbers'),
        element('p', 'note', 'The number after ± says how far the value may be off: nineteen times in twenty it is closer.'),
        element('details', '', element('summary', '', 'Everything that was measured'),
            table(summary, keys.filter((k) => !(k in MAIN)), {}, 'Everything that was measured')));
    main.setAttribute('aria-busy', 'false');
}

$('print').addEventListener('click', () => print());
try {
    const response = await fetch('/session.json', { cache: 'no-store' });
    if (!response.ok)
        throw new Error(response.status === 404 ? 'Nothing has been measured yet.' : 'The program gave no report.');
    show(await response.json());
} catch (error) {
    $('headline').textContent = 'There is no report yet.';
    $('lead').textContent = error instanceof TypeError
        ? 'The program cannot be reached. Is it still running?' : error.message;
    $('report').setAttribute('aria-busy', 'false');
}
