/* The camera's picture and, over it, the runner's lines. A picture and its lines come from the same
 * record, so they are in step; lines are drawn at the screen's own resolution. Nothing is drawn from
 * a point that was not measured.
 *
 * Left is sky blue, right orange (Okabe and Ito's palette, told apart by colour-blind eyes), the
 * trunk white: the same as in annotated.mp4. */

const SIDES = ['left', 'right'];
const SIDE_COLOUR = { left: '#56b4e9', right: '#e69f00' };
const TRUNK_COLOUR = '#ffffff';
const LEAN_COLOUR = '#f0e442';
const EDGE = 'rgba(8, 12, 17, 0.78)';
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

/** @param canvas  sized by the style sheet; its pixels follow the screen's
 *  @param onFirst  called when there is something to see
 *  @param isWhole  function: is the whole picture wanted, or as much of it as the runner needs? */
export function createPicture(canvas, { onFirst, isWhole }) {
    const ink = canvas.getContext('2d', { alpha: false });
    let waiting = null, isDecoding = false, shown = null, isAsked = false;
    let trunkPx = 0; /* length of the trunk on the canvas, steadied: sizes follow it */
    let room = null; /* where the runner moves, in the picture: {left, right, top, bottom} */

    const paint = () => {
        isAsked = false;
        if (!shown)
            return;
        const { record, bitmap } = shown;
        const w = canvas.width, h = canvas.height;
        room = roomOf(record, room);
        const { scale, left, top } = placed(record, isWhole() ? null : room, w, h);
        ink.setTransform(1, 0, 0, 1, 0, 0);
        ink.fillStyle = '#0b0f13';
        ink.fillRect(0, 0, w, h);
        ink.drawImage(bitmap, left, top, scale * record.width_px, scale * record.height_px);
        const at = (name) => {
            const p = record.points?.[name];
            return p ? { x: left + scale * p[0], y: top + scale * p[1] } : null;
        };
        trunkPx = drawRunner(ink, record, at, trunkPx);
    };
    const ask = () => {
        if (!isAsked) {
            isAsked = true;
            requestAnimationFrame(paint);
        }
    };
    const decode = async () => {
        isDecoding = true;
        while (waiting) {
            const pair = waiting;
            waiting = null;
            try {
                const bitmap = await createImageBitmap(pair.jpeg);
                shown?.bitmap.close();
                if (!shown)
                    onFirst();
                shown = { record: pair.record, bitmap };
                ask();
            } catch { /* a picture cut short; the next is on its way */ }
        }
        isDecoding = false;
    };

    new ResizeObserver(([entry]) => {
        const w = Math.round(entry.contentRect.width * window.devicePixelRatio);
        const h = Math.round(entry.contentRect.height * window.devicePixelRatio);
        if (w && h && (w !== canvas.width || h !== canvas.height)) {
            canvas.width = w;
            canvas.height = h;
            trunkPx = 0;
            ask();
        }
    }).observe(canvas);

    return {
        show(pair) {
            waiting = pair;
            if (!isDecoding)
                decode();
        },
    };
}

/* Grows at once to where the runner is and shrinks slowly, so that the view stands still. */
function roomOf(record, before) {
    const points = Object.values(record.points ?? {}).filter(Boolean);
    const at = record.points ?? {};
    if (points.length < 8 || !(at.left_hip || at.right_hip))
        return before;
    const xs = points.map((p) => p[0]), ys = points.map((p) => p[1]);
    const height = Math.max(...ys) - Math.min(...ys);
    const now = { left: Math.min(...xs) - 0.12 * height, right: Math.max(...xs) + 0.12 * height,
                  top: Math.min(...ys) - 0.14 * height, bottom: Math.max(...ys) + 0.1 * height };
    if (!before)
        return now;
    const follow = (from, to, isOut) => from + (isOut ? 0.3 : 0.004) * (to - from);
    return { left: follow(before.left, now.left, now.left < before.left),
             right: follow(before.right, now.right, now.right > before.right),
             top: follow(before.top, now.top, now.top < before.top),
             bottom: follow(before.bottom, now.bottom, now.bottom > before.bottom) };
}

/* Where the picture goes: whole, or filling the canvas as far as the runner's room allows. */
function placed(record, room, w, h) {
    const whole = Math.min(w / record.width_px, h / record.height_px);
    const filled = Math.max(w / record.width_px, h / record.height_px);
    const fits = room ? Math.min(w / (room.right - room.left), h / (room.bottom - room.top)) : whole;
    const scale = Math.min(filled, Math.max(whole, fits));
    const along = (size, length, centre) => {
        const free = size - scale * length;
        return free >= 0 ? free / 2 : Math.max(free, Math.min(0, size / 2 - scale * centre));
    };
    return { scale,
             left: along(w, record.width_px, room ? (room.left + room.right) / 2 : record.width_px / 2),
             top: along(h, record.height_px, room ? (room.top + room.bottom) / 2 : record.height_px / 2) };
}

const middle = (a, b) => (a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : a || b);
const distance = (a, b) => Math.hypot(b.x - a.x, b.y - a.y);
const direction = (a, b) => Math.atan2(b.y - a.y, b.x - a.x);

/** @return the steadied length of the trunk, for the next picture */
function drawRunner(ink, record, at, trunkPx) {
    const shoulder = middle(at('left_shoulder'), at('right_shoulder'));
    const hip = middle(at('left_hip'), at('right_hip'));
    if (shoulder && hip) {
        const now = distance(shoulder, hip);
        trunkPx = trunkPx ? trunkPx + 0.05 * (now - trunkPx) : now;
    }
    if (!trunkPx)
        return 0;

    const near = record.near_side, far = SIDES.find((s) => s !== near);
    const size = Math.max(trunkPx / 150, 0.45 * window.devicePixelRatio);
    ink.lineCap = ink.lineJoin = 'round';
    if (!near) {
        for (const side of SIDES)
            drawLeg(ink, at, side, 5 * size, 0.95);
    } else {
        ink.globalAlpha = 0.75;
        drawArm(ink, at, far, 2.5 * size);
        ink.globalAlpha = 1;
        drawLeg(ink, at, far, 3 * size, 0.75);
        drawArm(ink, at, near, 4 * size);
        drawLeg(ink, at, near, 8 * size, 1);
    }
    for (const side of SIDES)
        if (record.contact?.[side])
            drawContact(ink, at, side, size, !near || side === near);
    if (shoulder && hip)
        drawTrunk(ink, record, shoulder, hip, size);
    if (near)
        drawKnee(ink, record, at, near, size);
    return trunkPx;
}

/* A line with a dark edge, so that it is seen on any shirt. */
function line(ink, points, width, colour) {
    ink.beginPath();
    points.forEach((p, i) => (i ? ink.lineTo(p.x, p.y) : ink.moveTo(p.x, p.y)));
    ink.strokeStyle = EDGE;
    ink.lineWidth = width * 1.45 + 1;
    ink.stroke();
    ink.strokeStyle = colour;
    ink.lineWidth = width;
    ink.stroke();
}

/* Whatever of a chain of joints was measured, piece by piece. */
function chain(ink, at, names, width, colour) {
    let piece = [];
    for (const p of [...names.map(at), null]) {
        if (p) {
            piece.push(p);
            continue;
        }
        if (piece.length > 1)
            line(ink, piece, width, colour);
        piece = [];
    }
}

function joint(ink, p, radius, colour) {
    if (!p)
        return;
    ink.beginPath();
    ink.arc(p.x, p.y, radius, 0, 2 * Math.PI);
    ink.fillStyle = EDGE;
    ink.fill();
    ink.beginPath();
    ink.arc(p.x, p.y, radius * 0.72, 0, 2 * Math.PI);
    ink.fillStyle = colour;
    ink.fill();
}

function drawLeg(ink, at, side, width, alpha) {
    const colour = SIDE_COLOUR[side], part = (name) => `${side}_${name}`;
    ink.globalAlpha = alpha;
    chain(ink, at, ['heel', 'ankle', 'toe'].map(part), 0.7 * width, colour);
    chain(ink, at, ['heel', 'toe'].map(part), 0.7 * width, colour);
    chain(ink, at, ['hip', 'knee', 'ankle'].map(part), width, colour);
    if (alpha === 1)
        for (const name of ['hip', 'knee', 'ankle'])
            joint(ink, at(part(name)), width, '#ffffff');
    ink.globalAlpha = 1;
}

function drawArm(ink, at, side, width) {
    chain(ink, at, ['shoulder', 'elbow', 'wrist'].map((name) => `${side}_${name}`), width,
          SIDE_COLOUR[side]);
}

/* The foot is on the belt: a bar under the sole. */
function drawContact(ink, at, side, size, isStrong) {
    const heel = at(`${side}_heel`), toe = at(`${side}_toe`);
    if (!heel || !toe)
        return;
    const y = Math.max(heel.y, toe.y) + (isStrong ? 16 : 11) * size, more = 8 * size;
    ink.globalAlpha = isStrong ? 1 : 0.8;
    line(ink, [{ x: Math.min(heel.x, toe.x) - more, y }, { x: Math.max(heel.x, toe.x) + more, y }],
         (isStrong ? 6 : 3.5) * size, SIDE_COLOUR[side]);
    ink.globalAlpha = 1;
}

/* Trunk against the vertical through the hips. */
function drawTrunk(ink, record, shoulder, hip, size) {
    const length = distance(hip, shoulder), top = { x: hip.x, y: hip.y - 1.22 * length };
    ink.setLineDash([8 * size, 7 * size]);
    line(ink, [hip, top], 2.2 * size, TRUNK_COLOUR);
    ink.setLineDash([]);
    const lean = record.trunk_lean_deg;
    if (lean !== null && lean !== undefined) {
        const from = -Math.PI / 2, to = direction(hip, shoulder), r = 0.92 * length;
        ink.beginPath();
        ink.arc(hip.x, hip.y, r, from, to, to < from);
        ink.strokeStyle = LEAN_COLOUR;
        ink.lineWidth = 4 * size;
        ink.stroke();
    }
    line(ink, [hip, shoulder], 8 * size, TRUNK_COLOUR);
    if (lean !== null && lean !== undefined) {
        /* on the vertical's free side, beside the shoulders */
        const away = shoulder.x > hip.x ? -1 : 1;
        label(ink, `${whole(lean)}°`, { x: hip.x + away * 0.42 * length, y: hip.y - 1.08 * length },
              27 * size, '#ffffff');
    }
}

/* How far the near knee is bent: from the thigh's line on to the shank. */
function drawKnee(ink, record, at, side, size) {
    const hip = at(`${side}_hip`), knee = at(`${side}_knee`), ankle = at(`${side}_ankle`);
    const bend = record.knee_flexion_deg?.[side];
    if (!hip || !knee || !ankle || bend === null || bend === undefined)
        return;
    const straight = direction(hip, knee), shank = direction(knee, ankle);
    const turn = Math.atan2(Math.sin(shank - straight), Math.cos(shank - straight));
    const r = 0.42 * distance(hip, knee);
    ink.setLineDash([5 * size, 5 * size]);
    line(ink, [knee, { x: knee.x + 1.25 * r * Math.cos(straight),
                       y: knee.y + 1.25 * r * Math.sin(straight) }], 1.8 * size, '#ffffff');
    ink.setLineDash([]);
    ink.beginPath();
    ink.arc(knee.x, knee.y, r, straight, shank, turn < 0);
    ink.strokeStyle = EDGE;
    ink.lineWidth = 7 * size;
    ink.stroke();
    ink.strokeStyle = LEAN_COLOUR;
    ink.lineWidth = 4 * size;
    ink.stroke();
    /* ahead of the knee there is nothing but air; whose left side is near faces image-left */
    const ahead = side === 'left' ? -1 : 1;
    label(ink, `${whole(bend)}°`, { x: knee.x + ahead * 52 * size, y: knee.y - 4 * size }, 27 * size,
          SIDE_COLOUR[side]);
}

const whole = (value) => String(Math.round(value)).replace(/^-0$/, '0').replace('-', '−');

function label(ink, text, at, px, colour) {
    const height = Math.max(px, 14 * window.devicePixelRatio);
    ink.font = `700 ${height}px ${FONT}`;
    ink.textAlign = 'center';
    ink.textBaseline = 'middle';
    /* as wide as its digits would be at their widest: it does not breathe with the number */
    const w = ink.measureText(text.replace(/\d/g, '0')).width + 0.6 * height, h = 1.35 * height;
    ink.beginPath();
    ink.roundRect(at.x - w / 2, at.y - h / 2, w, h, 0.3 * height);
    ink.fillStyle = EDGE;
    ink.fill();
    ink.fillStyle = colour;
    ink.fillText(text, at.x, at.y + 0.04 * height);
}
