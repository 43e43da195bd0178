/* The session so far on one line of time: belt settings, faults as bars, gaps hatched. */

const NS = 'http://www.w3.org/2000/svg';
const N_LANES = 3;
const LANE = 22, TOP = 26, AXIS = 24;
const TICKS_S = [10, 30, 60, 120, 300, 600, 1200, 1800, 3600];
const MIN_TICK_PX = 72;
const SHORTEST_S = 60; /* a session that has just begun has room to grow into */

export const clock = (s) => {
    const n = Math.max(0, Math.floor(s)), two = (v) => String(v).padStart(2, '0');
    const h = Math.floor(n / 3600), m = Math.floor(n / 60) % 60;
    return h ? `${h}:${two(m)}:${two(n % 60)}` : `${m}:${two(n % 60)}`;
};

const number = (v, decimals) => v.toFixed(decimals).replace('-', '−');

export function createStrip(svg) {
    let timeline = null, now_s = 0, width = 0;
    /* measures text without a layout of the page */
    const ruler = document.createElement('canvas').getContext('2d');
    ruler.font = `14px ${getComputedStyle(document.documentElement).fontFamily}`;
    const lengthOf = (text) => ruler.measureText(text).width;

    const add = (name, attributes, text) => {
        const node = document.createElementNS(NS, name);
        for (const [key, value] of Object.entries(attributes))
            node.setAttribute(key, value);
        if (text !== undefined)
            node.textContent = text;
        svg.append(node);
        return node;
    };
    /* Text that fits its place, or none. */
    const addText = (text, x, y, room, attributes) => {
        if (lengthOf(text) <= room)
            add('text', { x, y, ...attributes }, text);
    };

    /* A bar's name stands on it, else after it, else before it, else nowhere. */
    const addName = (name, from, to, y, lane, fault, x) => {
        const length = lengthOf(name) + 12, i = lane.indexOf(fault);
        const next = i + 1 < lane.length ? x(lane[i + 1].begin_s) : width;
        const last = i > 0 ? x(lane[i - 1].end_s ?? lane[i].begin_s) : 0;
        const outside = 'fault-text outside';
        if (length <= to - from)
            add('text', { class: 'fault-text', x: from + 6, y }, name);
        else if (to + length <= next)
            add('text', { class: outside, x: to + 6, y }, name);
        else if (from - length >= last)
            add('text', { class: outside, x: from - length + 6, y }, name);
    };

    const draw = () => {
        if (!timeline || !width)
            return;
        const end_s = Math.max(now_s, timeline.time_s), span = Math.max(end_s, SHORTEST_S);
        const x = (s) => (s / span) * width, height = TOP + N_LANES * LANE + AXIS;
        const bottom = height - AXIS;
        svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
        svg.replaceChildren();
        const defs = add('defs', {});
        defs.innerHTML = '<pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" ' +
            'patternTransform="rotate(45)"><rect class="hatch" width="2.4" height="7"/></pattern>';
        add('rect', { class: 'ground', x: 0, y: 0, width: x(end_s), height: bottom });

        timeline.settings.forEach((setting, i) => {
            const from = x(setting.from_s), to = x(timeline.settings[i + 1]?.from_s ?? end_s);
            if (i)
                add('line', { class: 'change', x1: from, x2: from, y1: 0, y2: bottom });
            const speed = setting.speed_kmh === null ? 'speed not set'
                : `${number(setting.speed_kmh, 1)} km/h`;
            const incline = setting.incline_pct ? ` · ${number(setting.incline_pct, 1)} %` : '';
            const room = (i === timeline.settings.length - 1 ? width : to) - from - 10;
            addText(speed + incline, from + 6, TOP - 9, room, { class: 'setting' });
        });

        for (const gap of timeline.gaps) {
            const w = Math.max(x(gap.to_s ?? end_s) - x(gap.from_s), 2);
            add('rect', { class: 'gap', x: x(gap.from_s), y: TOP, width: w, height: bottom - TOP,
                          fill: 'url(#hatch)' });
            addText('not seen', x(gap.from_s) + 6, bottom - 6, w - 10, { class: 'gap-text' });
        }

        for (const [i, lane] of lanes(timeline.faults).entries())
            for (const fault of lane) {
                const from = x(fault.begin_s), to = x(fault.end_s ?? end_s), y = TOP + i * LANE;
                add('rect', { class: `fault tone${fault.level}`, x: from, y: y + 1, rx: 4,
                              width: Math.max(to - from, 4), height: LANE - 3 });
                const side = fault.side === 'both' ? '' : `, ${fault.side}`;
                addName(fault.title + side, from, to, y + LANE - 7, lane, fault, x);
            }

        const tick = TICKS_S.find((t) => x(t) >= MIN_TICK_PX) ?? 7200;
        for (let s = 0; s <= span; s += tick) {
            add('line', { class: 'tick', x1: x(s), x2: x(s), y1: bottom, y2: bottom + 5 });
            addText(clock(s), Math.max(x(s), 1), height - 4, width - x(s) + 14,
                    { class: 'time', 'text-anchor': s ? 'middle' : 'start' });
        }
        add('line', { class: 'now', x1: x(end_s), x2: x(end_s), y1: 0, y2: bottom });
        svg.setAttribute('aria-label', inWords(timeline, end_s));
    };

    new ResizeObserver(([entry]) => {
        const w = Math.round(entry.contentRect.width);
        if (w !== width) {
            width = w;
            draw();
        }
    }).observe(svg);

    return {
        setTimeline(record) {
            timeline = record;
            draw();
        },
        setNow(time_s) {
            now_s = time_s;
            draw();
        },
    };
}

/* Each fault of a kind in one lane, the gravest kinds first. */
function lanes(faults) {
    const kinds = new Map();
    for (const fault of faults) {
        const kind = `${fault.rule} ${fault.side}`;
        kinds.set(kind, [...(kinds.get(kind) ?? []), fault]);
    }
    const rank = (lane) => Math.max(...lane.map((f) => 2 * f.level + (f.end_s === null ? 1 : 0)));
    return [...kinds.values()].sort((a, b) => rank(b) - rank(a)).slice(0, N_LANES)
        .map((lane) => lane.sort((a, b) => a.begin_s - b.begin_s));
}

function inWords(timeline, end_s) {
    const faults = timeline.faults.map((f) =>
        `${f.title}${f.side === 'both' ? '' : ' ' + f.side} from ${clock(f.begin_s)} to ` +
        (f.end_s === null ? 'now' : clock(f.end_s)));
    return `${clock(end_s)} so far. ${faults.length ? faults.join('; ') : 'Nothing stood out'}.`;
}
