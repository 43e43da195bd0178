// Readers of TRC, MOT, SRT, FIT and OpenPose written from the formats' descriptions, and the
// comparison of what they hold with frames.csv, steps.csv and session.json of the same run.
//
//     node read_exports.mjs trc|mot|srt|openpose DIR
//     node read_exports.mjs fit DIR START_UNIX_S
//     node read_exports.mjs trc-again|openpose-again DIR AGAIN
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const [what, dir, extra] = process.argv.slice(2);
const text = (name, from = dir) => readFileSync(`${from}/${name}`, 'utf8');

/** Rows of a table as objects; an empty cell is NaN. */
function table(name, from = dir) {
    const [head, ...rows] = text(name, from).trimEnd().split('\n').map((l) => l.split(','));
    return rows.map((r) => Object.fromEntries(head.map((k, i) => [k, r[i]])));
}
const num = (cell) => (cell === '' || cell === undefined ? NaN : Number(cell));
const session = () => JSON.parse(text('session.json'));

/** Both missing, or no further apart than `tolerance`. */
function near(a, b, tolerance, name) {
    assert.ok(Number.isNaN(a) ? Number.isNaN(b) : Math.abs(a - b) <= tolerance,
        `${name}: ${a}, wanted ${b} within ${tolerance}`);
}

const JOINTS = { Shoulder: 'shoulder', Elbow: 'elbow', Wrist: 'wrist', Hip: 'hip', Knee: 'knee',
    Ankle: 'ankle', Heel: 'heel', BigToe: 'toe' };
/** RKnee: right_knee; undefined for points that frames.csv has not. */
function jointOf(marker) {
    if (marker === 'Nose') return 'nose';
    const name = JOINTS[marker.slice(1)];
    return name && `${marker[0] === 'R' ? 'right' : 'left'}_${name}`;
}

// ---- TRC, as OpenSim's TRCFileAdapter reads it ---------------------------------------------

function readTrc(from = dir) {
    const lines = text('keypoints.trc', from).split('\n');
    const filled = (l) => l.split('\t').filter((f) => f !== '');
    assert.equal(lines[0].split('\t').slice(0, 3).join(' '), 'PathFileType 4 (X/Y/Z)');
    const keys = filled(lines[1]);
    assert.deepEqual(keys, ['DataRate', 'CameraRate', 'NumFrames', 'NumMarkers', 'Units',
        'OrigDataRate', 'OrigDataStartFrame', 'OrigNumFrames']);
    const settings = Object.fromEntries(filled(lines[2]).map((v, i) => [keys[i], v]));
    assert.equal(Object.keys(settings).length, keys.length);
    const names = filled(lines[3]);
    assert.deepEqual(names.splice(0, 2), ['Frame#', 'Time']);
    assert.equal(names.length, Number(settings.NumMarkers));
    // A name stands above its X.
    names.forEach((n, i) => assert.equal(lines[3].split('\t')[2 + 3 * i], n));
    assert.deepEqual(filled(lines[4]),
        names.flatMap((_, i) => ['X', 'Y', 'Z'].map((c) => c + (i + 1))));
    const rows = lines.slice(5).filter((l) => l !== '').map((l) => {
        const cells = l.split('\t');
        assert.equal(cells.length, 2 + 3 * names.length, 'row length');
        return cells.map((c) => { assert.notEqual(c, ''); return Number(c); });
    });
    assert.equal(rows.length, Number(settings.NumFrames));
    rows.forEach((r, i) => assert.equal(r[0], i + 1));
    rows.slice(1).forEach((r, i) => assert.ok(r[1] > rows[i][1], 'times increase'));
    return { settings, names, rows };
}

function checkTrc() {
    const s = session(), frames = table('frames.csv'), { settings, names, rows } = readTrc();
    const scale = s.quality.scale_m_per_px, { width_px, height_px } = s.source;
    assert.equal(settings.Units, 'm');
    near(Number(settings.DataRate), 1000 / s.quality.frame_interval_ms, 0.01, 'DataRate');
    assert.equal(rows.length, frames.length);
    for (const m of ['RShoulder', 'RHip', 'RKnee', 'RAnkle', 'RHeel', 'RBigToe', 'LBigToe', 'Nose'])
        assert.ok(names.includes(m), m);
    // The sample clip is filmed from the left: forward is to the left in the picture.
    assert.equal(s.summary.view, 'left');
    let n = 0;
    rows.forEach((r, i) => {
        near(r[1], num(frames[i].time_s), 1e-6, 'time');
        names.forEach((name, k) => {
            const joint = jointOf(name), [x, y, z] = r.slice(2 + 3 * k);
            if (!joint) return;
            const x_px = num(frames[i][`${joint}_x_px`]), y_px = num(frames[i][`${joint}_y_px`]);
            // Both are rounded: half a hundredth of a pixel, of a millimetre.
            near(x, (width_px - x_px) * scale, 0.006 * scale + 6e-6, `${name} x, row ${i}`);
            near(y, (height_px - y_px) * scale, 0.006 * scale + 6e-6, `${name} y, row ${i}`);
            assert.ok(Number.isNaN(x_px) ? Number.isNaN(z) : z === 0, `${name} z`);
            n += !Number.isNaN(x);
        });
    });
    assert.ok(n > 3000, `only ${n} positions`);
}

/** Read by ourselves: 1000 px a metre, from the right, so mirrored. Smoothing has smoothed once
 *  more: medians are compared. */
function checkTrcAgain() {
    const was = table('frames.csv'), is = table('frames.csv', extra);
    const s = session(), scale = 1000 * s.quality.scale_m_per_px;
    assert.equal(is.length, was.length);
    for (const joint of ['right_shoulder', 'left_hip', 'left_knee', 'right_ankle', 'left_heel']) {
        const off = was.map((w, i) => Math.hypot(
            num(is[i][`${joint}_x_px`]) - (s.source.width_px - num(w[`${joint}_x_px`])) * scale,
            num(is[i][`${joint}_y_px`]) - (num(w[`${joint}_y_px`]) - s.source.height_px) * scale))
            .filter((d) => !Number.isNaN(d)).sort((a, b) => a - b);
        assert.ok(off.length > 0.8 * was.length, `${joint}: ${off.length} positions`);
        // Millimetres.
        assert.ok(off[off.length >> 1] < 10, `${joint}: ${off[off.length >> 1]} mm off`);
    }
}

// ---- MOT, as OpenSim's DelimFileAdapter reads it -------------------------------------------

function checkMot() {
    const lines = text('angles.mot').trimEnd().split('\n'), end = lines.indexOf('endheader');
    const settings = Object.fromEntries(lines.slice(0, end).filter((l) => /^\w+=\w+$/.test(l))
        .map((l) => l.split('=')));
    const head = lines[end + 1].split('\t');
    const rows = lines.slice(end + 2).map((l) => l.split('\t').map(Number));
    const frames = table('frames.csv');
    assert.equal(settings.inDegrees, 'yes');
    assert.equal(Number(settings.nRows), rows.length);
    assert.equal(Number(settings.nColumns), head.length); // time counts
    assert.ok(lines.slice(0, end).some((l) => l.includes('Rajagopal')), 'the model is named');
    assert.equal(rows.length, frames.length);
    const columns = { time: ['time_s', 1], hip_flexion_r: ['thigh_angle_right_deg', 1],
        knee_angle_r: ['knee_flexion_right_deg', 1],
        ankle_angle_r: ['ankle_dorsiflexion_right_deg', 1],
        hip_flexion_l: ['thigh_angle_left_deg', 1], knee_angle_l: ['knee_flexion_left_deg', 1],
        ankle_angle_l: ['ankle_dorsiflexion_left_deg', 1],
        lumbar_extension: ['trunk_lean_deg', -1] };
    assert.deepEqual(head, Object.keys(columns));
    rows.forEach((r, i) => head.forEach((name, k) => {
        const [column, sign] = columns[name];
        near(r[k], sign * num(frames[i][column]), 0.006, `${name}, row ${i}`);
    }));
}

// ---- SRT ------------------------------------------------------------------------------------

function checkSrt() {
    const cues = text('faults.srt').split('\n\n').filter((c) => c !== '').map((c) => {
        const [number, times, ...said] = c.split('\n');
        const m = /^(\d\d):(\d\d):(\d\d),(\d{3}) --> (\d\d):(\d\d):(\d\d),(\d{3})$/.exec(times);
        assert.ok(m, `times: ${times}`);
        const at = (i) => 3600 * m[i] + 60 * m[i + 1] + Number(m[i + 2]) + m[i + 3] / 1000;
        return { number: Number(number), from: at(1), to: at(5), said };
    });
    const faults = session().faults.toSorted((a, b) => a.begin_s - b.begin_s);
    const last_s = num(table('frames.csv').at(-1).time_s);
    assert.ok(faults.length >= 2, 'faults to look for');
    assert.equal(cues.length, faults.length);
    cues.forEach((c, i) => {
        const f = faults[i];
        assert.equal(c.number, i + 1);
        near(c.from, f.begin_s, 0.00051, 'begin');
        near(c.to, f.end_s ?? last_s, 0.00051, 'end');
        assert.ok(c.to > c.from);
        assert.equal(c.said.length, 2);
        const side = f.side === 'both' ? '' : `, ${f.side}`;
        const [title, rest] = c.said[0].split(': ');
        assert.equal(title, f.title + side);
        const [value, low, high] = rest.match(/-?\d+(\.\d+)?/g).map(Number);
        near(value, f.value, 0.5, 'value');
        assert.deepEqual([low, high], [f.usual_low, f.usual_high]);
        assert.ok(rest.includes(` ${f.unit},`));
        assert.equal(c.said[1], f.cue);
    });
}

// ---- FIT ------------------------------------------------------------------------------------

/** The table of nibbles that the protocol's description gives. */
function fitCrc(bytes) {
    const half = [0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
        0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400];
    let crc = 0;
    for (const byte of bytes)
        for (const nibble of [byte & 0xF, byte >> 4])
            crc = (crc >> 4) ^ half[crc & 0xF] ^ half[nibble];
    return crc;
}

const FIT_TYPES = {
    0x00: [1, 'getUint8', 0xFF], 0x01: [1, 'getInt8', 0x7F], 0x02: [1, 'getUint8', 0xFF],
    0x83: [2, 'getInt16', 0x7FFF], 0x84: [2, 'getUint16', 0xFFFF],
    0x85: [4, 'getInt32', 0x7FFFFFFF], 0x86: [4, 'getUint32', 0xFFFFFFFF],
};

/** Messages in order: {global, fields: number to value}; invalid ones are left out. */
function readFit() {
    const bytes = readFileSync(`${dir}/activity.fit`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const headerSize = view.getUint8(0), dataSize = view.getUint32(4, true);
    assert.equal(headerSize, 14);
    assert.equal(bytes.toString('latin1', 8, 12), '.FIT');
    assert.equal(bytes.length, headerSize + dataSize + 2);
    assert.equal(view.getUint16(12, true), fitCrc(bytes.subarray(0, 12)), 'CRC of the header');
    assert.equal(fitCrc(bytes), 0, 'CRC of the file'); // over its own CRC: 0
    const local = {}, messages = [];
    for (let at = headerSize; at < headerSize + dataSize;) {
        const head = view.getUint8(at++);
        assert.equal(head & 0xB0, 0, 'neither compressed, nor developer data, nor reserved');
        if (head & 0x40) {
            assert.equal(view.getUint8(at + 1), 0, 'little-endian');
            const global = view.getUint16(at + 2, true), n = view.getUint8(at + 4);
            at += 5;
            local[head & 0xF] = { global, fields: Array.from({ length: n }, () => {
                const f = [view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2)];
                at += 3;
                return f;
            }) };
            continue;
        }
        const definition = local[head & 0xF], fields = {};
        assert.ok(definition, 'data before its definition');
        for (const [number, size, base] of definition.fields) {
            const [length, getter, invalid] = FIT_TYPES[base];
            assert.equal(size, length);
            const value = view[getter](at, true);
            at += size;
            if (value !== invalid) fields[number] = value;
        }
        messages.push({ global: definition.global, fields });
    }
    return messages;
}

const mean = (values) => {
    const known = values.filter((v) => !Number.isNaN(v));
    return known.length ? known.reduce((a, b) => a + b, 0) / known.length : NaN;
};
const fit = (value, scale) => (value === undefined ? NaN : value / scale);

/** @param numbers  [cadence, fraction, oscillation, stance %, stance, balance, ratio, step] */
function checkSummary(f, numbers, m, name) {
    const at = (i, scale) => fit(f[numbers[i]], scale);
    const value = (k) => m[k].value ?? NaN;
    near(at(0, 1) + at(1, 128), value('cadence_spm') / 2, 1 / 256, `${name}: cadence`);
    near(at(2, 10), 10 * value('vertical_oscillation_cm'), 0.051, `${name}: oscillation`);
    near(at(3, 100), 100 * value('duty_factor'), 0.0051, `${name}: stance %`);
    near(at(4, 10), value('contact_ms'), 0.051, `${name}: stance`);
    const [l, r] = [m.left.contact_ms.value ?? NaN, m.right.contact_ms.value ?? NaN];
    near(at(5, 100), 100 * l / (l + r), 0.0051, `${name}: balance`);
    near(at(6, 100), value('vertical_ratio_pct'), 0.0051, `${name}: ratio`);
    near(at(7, 10), 1000 * value('step_length_m'), 0.051, `${name}: step`);
}

function checkFit() {
    const start = Number(extra) - Date.UTC(1989, 11, 31) / 1000;
    const s = session(), messages = readFit(), steps = table('steps.csv');
    const of = (global) => messages.filter((m) => m.global === global).map((m) => m.fields);
    assert.equal(messages[0].global, 0, 'file_id first');
    assert.equal(messages[0].fields[0], 4, 'an activity');
    assert.equal(messages[0].fields[4], start, 'time of creation');
    const events = of(21), records = of(20), laps = of(19), [total] = of(18), [activity] = of(34);
    assert.deepEqual(events.map((e) => [e[0], e[1]]), [[0, 0], [0, 4]]);
    const frames = table('frames.csv'), last_s = num(frames.at(-1).time_s);
    assert.equal(records.length, Math.floor(last_s) + 1);

    // The belt as it was told.
    const belt = s.belt_settings.length ? s.belt_settings
        : [{ from_s: null, to_s: null, speed_kmh: s.settings.speed_kmh, incline_pct: 0,
            ...s.summary }];
    const at = (t) => belt.findLast((b) => (b.from_s ?? 0) <= t);
    const ran = (from, to) => belt.reduce((m, b) => {
        const span = Math.min(b.to_s ?? Infinity, to) - Math.max(b.from_s ?? 0, from);
        return m + (span > 0 ? (b.speed_kmh ?? NaN) / 3.6 * span : 0);
    }, 0);
    let n_cadence = 0;
    records.forEach((r, t) => {
        const within = steps.filter((x) => x.valid === '1' && num(x.initial_contact_s) >= t &&
            num(x.initial_contact_s) < t + 1);
        const of = (k, side) => mean(within.filter((x) => !side || x.side === side)
            .map((x) => num(x[k])));
        assert.equal(r[253], start + t);
        near(fit(r[4], 1) + fit(r[53], 128), 30000 / of('step_ms'), 0.01, `cadence at ${t}`);
        near(fit(r[39], 10), 10 * of('vertical_oscillation_cm'), 0.06, `oscillation at ${t}`);
        near(fit(r[41], 10), of('contact_ms'), 0.06, `stance at ${t}`);
        near(fit(r[40], 100), 100 * of('duty_factor'), 0.02, `stance % at ${t}`);
        const [l, right] = [of('contact_ms', 'left'), of('contact_ms', 'right')];
        near(fit(r[84], 100), 100 * l / (l + right), 0.02, `balance at ${t}`);
        near(fit(r[83], 100), of('vertical_ratio_pct'), 0.006, `ratio at ${t}`);
        near(fit(r[85], 10), 1000 * of('step_length_m'), 0.56, `step at ${t}`);
        near(fit(r[73], 1000), (at(t).speed_kmh ?? NaN) / 3.6, 0.00051, `speed at ${t}`);
        near(fit(r[5], 100), ran(0, t), 0.0051, `distance at ${t}`);
        near(fit(r[9], 100), at(t).speed_kmh ? at(t).incline_pct : NaN, 0.0051, `grade at ${t}`);
        n_cadence += r[4] !== undefined;
    });
    assert.ok(n_cadence >= 3, `${n_cadence} seconds with a cadence`);

    assert.equal(laps.length, belt.length);
    laps.forEach((l, i) => {
        const from = belt[i].from_s ?? 0, to = belt[i].to_s ?? last_s;
        assert.equal(l[254], i);
        assert.equal(l[2], start + Math.round(from));
        assert.equal(l[253], start + Math.round(to));
        near(fit(l[7], 1000), to - from, 0.001, 'lap: elapsed');
        near(fit(l[8], 1000), to - from, 0.001, 'lap: timer');
        near(fit(l[9], 100), ran(from, to), 0.0051, 'lap: distance');
        near(fit(l[110], 1000), (belt[i].speed_kmh ?? NaN) / 3.6, 0.00051, 'lap: speed');
        assert.deepEqual([l[0], l[1], l[25], l[39]], [9, 1, 1, 1]);
        checkSummary(l, [17, 80, 77, 78, 79, 119, 118, 120], belt[i], `lap ${i}`);
    });

    assert.deepEqual([total[5], total[6], total[25], total[26]], [1, 1, 0, laps.length]);
    near(fit(total[7], 1000), last_s, 0.001, 'session: elapsed');
    near(fit(total[9], 100), ran(0, last_s), 0.0051, 'session: distance');
    near(fit(total[124], 1000), ran(0, last_s) / last_s, 0.00051, 'session: speed');
    checkSummary(total, [18, 92, 89, 90, 91, 133, 132, 134], s.summary, 'session');
    assert.equal(total[10], Math.floor(steps.filter((x) => x.valid === '1').length / 2));
    assert.deepEqual([activity[1], activity[2], activity[3], activity[4]], [1, 0, 26, 1]);
    assert.equal(messages.at(-1).global, 34, 'the activity last');
}

// ---- OpenPose -------------------------------------------------------------------------------

const BODY_25 = { Nose: 0, RShoulder: 2, RElbow: 3, RWrist: 4, LShoulder: 5, LElbow: 6, LWrist: 7,
    RHip: 9, RKnee: 10, RAnkle: 11, LHip: 12, LKnee: 13, LAnkle: 14, LBigToe: 19, LHeel: 21,
    RBigToe: 22, RHeel: 24 };

function checkOpenpose() {
    const frames = table('frames.csv'), names = readdirSync(`${dir}/openpose`).sort();
    assert.equal(names.length, frames.length);
    names.forEach((name, i) => {
        assert.equal(name, `landmarks_${String(i).padStart(12, '0')}_keypoints.json`);
        const { people } = JSON.parse(text(`openpose/${name}`)), p = people[0].pose_keypoints_2d;
        assert.equal(people.length, 1);
        assert.equal(p.length, 75);
        for (const [point, k] of Object.entries(BODY_25)) {
            const joint = jointOf(point), [x, y, c] = p.slice(3 * k, 3 * k + 3);
            const x_px = num(frames[i][`${joint}_x_px`]), y_px = num(frames[i][`${joint}_y_px`]);
            if (Number.isNaN(x_px)) {
                assert.deepEqual([x, y, c], [0, 0, 0]);
                continue;
            }
            near(x, x_px, 0.006, `${point} x`);
            near(y, y_px, 0.006, `${point} y`);
            near(c, num(frames[i].presence), 0.0011, `${point} confidence`);
        }
        for (const eyeOrSmallToe of [15, 16, 20, 23])
            assert.deepEqual(p.slice(3 * eyeOrSmallToe, 3 * eyeOrSmallToe + 3), [0, 0, 0]);
        near(p[3], (p[6] + p[15]) / 2, 0.002, 'neck: middle of the shoulders');
        near(p[25], (p[28] + p[37]) / 2, 0.002, 'middle of the hips');
    });
}

function checkOpenposeAgain() {
    const was = table('frames.csv'), is = table('frames.csv', extra);
    for (const joint of ['left_shoulder', 'left_knee', 'right_ankle', 'left_toe', 'left_heel']) {
        const off = was.map((w, i) => Math.abs(num(is[i][`${joint}_x_px`]) - num(w[`${joint}_x_px`])))
            .filter((d) => !Number.isNaN(d)).sort((a, b) => a - b);
        assert.ok(off.length > 0.8 * was.length, `${joint}: ${off.length} positions`);
        assert.ok(off[off.length >> 1] < 3, `${joint}: ${off[off.length >> 1]} px off`);
    }
}

const checks = { trc: checkTrc, 'trc-again': checkTrcAgain, mot: checkMot, srt: checkSrt,
    fit: checkFit, openpose: checkOpenpose, 'openpose-again': checkOpenposeAgain };
assert.ok(checks[what] && existsSync(dir), 'usage');
checks[what]();
