/* The numbers: each with its usual range and how sure it is, or with why there is none. */

/* Until the first summary says what this view can show. */
const FIRST = [['trunk_lean', 'Torso over pelvis'], ['knee_flexion', 'Knee'],
               ['foot_strike', 'Foot strike'], ['cadence', 'Cadence'], ['contact', 'Contact time']]
    .map(([id, title]) => ({ id, title }));
const N_LARGE = 3;
const LEVEL_ICON = ['#i-good', '#i-level1', '#i-level2', '#i-level3'];
const N_MARKS = 5; /* a row: ten steps are five of each foot */
const STRIKES = {
    rearfoot: { letter: 'H', word: 'Heel', phrase: 'heel first',
                shape: 'M4 2h20a2 2 0 0 1 2 2v20a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2z' },
    midfoot: { letter: 'M', word: 'Midfoot', phrase: 'midfoot',
               shape: 'M14 1a13 13 0 1 0 0 26 13 13 0 0 0 0-26z' },
    forefoot: { letter: 'F', word: 'Forefoot', phrase: 'forefoot',
                shape: 'M14 0l14 14-14 14L0 14z' },
};
const NS = 'http://www.w3.org/2000/svg';

function setText(node, text) {
    if (node.textContent !== text)
        node.textContent = text;
}
const figure = (v, decimals) => {
    const text = Math.abs(v).toFixed(decimals);
    return v < 0 && Number(text) ? `−${text}` : text;
};

function createRange(host) {
    host.className = 'more range';
    host.innerHTML = '<div class="track"><div class="band"></div><div class="doubt"></div>' +
        '<div class="mark"></div></div><div class="ends" aria-hidden="true"><span></span><span></span></div>';
    host.setAttribute('role', 'img');
    const [band, doubt, mark] = ['.band', '.doubt', '.mark'].map((c) => host.querySelector(c));
    const ends = host.querySelectorAll('.ends span');
    return (reading) => {
        const usual = reading?.usual;
        host.dataset.usual = usual ? 'yes' : 'no';
        host.setAttribute('aria-label', usual
            ? `Usual range ${usual[0]} to ${usual[1]} ${reading.unit}` : 'No usual range');
        const hasMark = usual && reading.value !== null;
        mark.hidden = doubt.hidden = !hasMark;
        if (!usual)
            return;
        /* the usual range is the middle 40 % of the bar */
        const span = 2.5 * (usual[1] - usual[0]), from = (usual[0] + usual[1] - span) / 2;
        const at = (v) => Math.min(100, Math.max(0, 100 * (v - from) / span));
        band.style.left = band.style.right = '30%';
        setText(ends[0], figure(usual[0], reading.decimals));
        setText(ends[1], figure(usual[1], reading.decimals));
        if (!hasMark)
            return;
        const sure = reading.uncertainty ?? 0;
        const low = at(reading.value - sure), high = at(reading.value + sure);
        mark.style.left = `${at(reading.value).toFixed(1)}%`;
        doubt.style.left = `${low.toFixed(1)}%`;
        doubt.style.width = `${(high - low).toFixed(1)}%`;
    };
}

function createStrikes(host) {
    host.className = 'more strikes';
    const rows = ['left', 'right'].map((side) => {
        const row = document.createElement('div'), name = document.createElement('span');
        row.className = 'strike-row';
        row.setAttribute('role', 'img');
        name.textContent = side === 'left' ? 'Left' : 'Right';
        row.append(name);
        const marks = Array.from({ length: N_MARKS }, () => {
            const svg = document.createElementNS(NS, 'svg');
            svg.setAttribute('viewBox', '0 0 28 28');
            svg.setAttribute('class', 'strike none');
            svg.setAttribute('aria-hidden', 'true');
            svg.innerHTML = '<path d=""/><text x="14" y="20.4" text-anchor="middle"></text>';
            row.append(svg);
            return svg;
        });
        host.append(row);
        return { side, row, marks };
    });
    return (strikes) => {
        for (const { side, row, marks } of rows) {
            const own = strikes.filter((s) => s.side === side).slice(-N_MARKS);
            marks.forEach((svg, i) => {
                const strike = own[i - (N_MARKS - own.length)]?.strike, what = STRIKES[strike];
                const kind = what ? strike : 'none';
                if (svg.dataset.kind === kind)
                    return;
                svg.dataset.kind = kind;
                svg.setAttribute('class', `strike ${kind}`);
                svg.querySelector('path').setAttribute('d', what?.shape ?? 'M10 13.2h8v1.6h-8z');
                svg.querySelector('text').textContent = what?.letter ?? '';
            });
            row.setAttribute('aria-label', `${side}, last steps: ` +
                (own.map((s) => STRIKES[s.strike]?.phrase ?? 'not seen').join(', ') || 'none yet'));
        }
    };
}

/* The kind most of the last steps were of. */
function mostly(strikes) {
    const counts = {};
    for (const s of strikes)
        if (STRIKES[s.strike])
            counts[s.strike] = (counts[s.strike] ?? 0) + 1;
    return Object.keys(counts).sort((a, b) => counts[b] - counts[a])[0] ?? null;
}

function verdict(reading, isSmall) {
    if (!reading || reading.value === null)
        return ['#i-unknown', reading?.reason || 'Not measured yet'];
    if (reading.level === null)
        return ['', ''];
    const usual = reading.usual;
    const where = !usual ? (reading.level ? 'Unusual' : 'Usual')
        : reading.value > usual[1] ? (isSmall ? 'High' : 'Above usual')
        : reading.value < usual[0] ? (isSmall ? 'Low' : 'Below usual') : 'Usual';
    /* Outside, but not by more than chance, or not for long enough to be a fault. */
    if (!reading.level && where !== 'Usual')
        return ['', isSmall ? where : `Just ${where.toLowerCase()}`];
    return [LEVEL_ICON[reading.level], where];
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function createCard(template, { id, title }, isSmall) {
    const card = template.content.firstElementChild.cloneNode(true);
    const find = (name) => card.querySelector(name);
    card.dataset.id = id;
    card.classList.toggle('small', isSmall);
    find('.title').textContent = title;
    return { id, isSmall, card, title: find('.title'), number: find('.number'), word: find('.word'),
             sure: find('.sure'), verdict: find('.verdict span'),
             icon: find('.verdict svg'), use: find('.verdict use'),
             more: id === 'foot_strike' ? createStrikes(find('.more')) : createRange(find('.more')) };
}

/** One card a reading; `show` takes the `summary` record, whose readings depend on the view. */
export function createReadings(host, template) {
    let cards = [];
    const build = (readings) => {
        cards = readings.map((reading, i) => createCard(template, reading, i >= N_LARGE));
        host.replaceChildren(...cards.map(({ card }) => card));
        for (const parts of cards)
            showReading(parts, null, []);
    };
    build(FIRST);
    return {
        show(summary) {
            const ids = (list) => list.map(({ id }) => id).join();
            if (ids(summary.readings) !== ids(cards))
                build(summary.readings);
            summary.readings.forEach((reading, i) => showReading(cards[i], reading, summary.strikes ?? []));
        },
    };
}

function showReading(parts, reading, strikes) {
    const { id, isSmall } = parts;
    const isMeasured = reading && reading.value !== null;
    const isDegrees = reading?.unit === '°';
    parts.card.dataset.level = isMeasured ? reading.level ?? 'none' : 'missing';
    if (reading)
        setText(parts.title, reading.title + (reading.side ? `, ${reading.side}` : ''));
    let number = '–', word = '', sure = '';
    if (isMeasured) {
        number = figure(reading.value, reading.decimals) + (isDegrees ? '°' : '');
        word = isDegrees ? '' : reading.unit;
        if (reading.uncertainty !== null && reading.uncertainty !== undefined)
            sure = `± ${figure(Math.max(reading.uncertainty, 10 ** -reading.decimals / 2), reading.decimals)}`;
    }
    if (id === 'trunk_lean' && isMeasured) {
        number = number.replace('−', '');
        word = Math.round(reading.value) > 0 ? 'forward' : Math.round(reading.value) < 0 ? 'back' : 'upright';
    }
    if (id === 'foot_strike') {
        const kind = mostly(strikes);
        if (kind) {
            word = isMeasured ? number : '';
            number = STRIKES[kind].word;
        }
        parts.more(strikes);
    } else {
        parts.more(reading);
    }
    setText(parts.number, number);
    setText(parts.word, word);
    setText(parts.sure, sure);
    const [name, text] = verdict(reading, isSmall);
    setText(parts.verdict, capital(text));
    parts.icon.toggleAttribute('hidden', !name);
    if (name && parts.use.getAttribute('href') !== name)
        parts.use.setAttribute('href', name);
}
