/* A server that says what `treadscope live` says (src/serve/STREAM.md), from the sample clip and its
 * exact truth, so that the page can be looked at and tested without a camera, a runner or a network.
 *
 *     node tests/web/mock.js [PORT]     plays setup, running, a cue, camera lost, running, again and again
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const assets = path.join(root, 'src/serve/assets');
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'";
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const EVERY = 4;       /* each fourth picture of the clip: 15 a second */
const FRAME_MS = 1000 * EVERY / 60;
const RETAINED = ['hello', 'status', 'setup', 'summary', 'cue', 'timeline', 'end'];

/* ---- pictures and their records ------------------------------------------------------------------ */

function jpegs(isWide) {
    const dir = path.join(root, 'build/web', isWide ? 'frames-wide' : 'frames');
    if (!existsSync(path.join(dir, '001.jpg'))) {
        mkdirSync(dir, { recursive: true });
        const wide = isWide ? ',scale=540:720,pad=1280:720:370:0:color=0x8a8780' : '';
        execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', path.join(root, 'samples/runner_left.mp4'), '-vf',
            `select='not(mod(n,${EVERY}))'${wide}`, '-fps_mode', 'vfr', '-q:v', '5', path.join(dir, '%03d.jpg')]);
    }
    return readdirSync(dir).sort().map((name) => readFileSync(path.join(dir, name)));
}

function frameRecords(isWide) {
    const truth = JSON.parse(readFileSync(path.join(root, 'samples/runner_left.truth.json')));
    const place = ([x, y]) => (isWide ? [370 + 0.75 * x, 0.75 * y] : [x, y]);
    return truth.frames.filter((f) => f.frame % EVERY === 0).map((f) => ({
        type: 'frame', frame: f.frame, time_s: f.time_s, width_px: isWide ? 1280 : 720, height_px: isWide ? 720 : 960,
        latency_ms: 11.3, presence: 0.99, identity: 'labelled', trunk_lean_deg: f.trunk_lean_deg,
        knee_flexion_deg: { left: f.knee_flexion_left_deg, right: f.knee_flexion_right_deg },
        contact: { left: f.contact_left, right: f.contact_right },
        points: Object.fromEntries(truth.landmarks.map((name, i) => [name, place(f.xy_px[i])])),
        near_side: 'left',
    }));
}

/* ---- what is said -------------------------------------------------------------------------------- */

const CHECKS = [
    ['runner', 'Runner in the picture', 'From head to feet, with room above and below.', 'poor',
     'The feet are cut off. Tilt the camera down or move it back a step.'],
    ['side_on', 'Side-on', null, 'good', null],
    ['frame_rate', 'Frame rate', null, 'poor',
     "30 pictures a second: contact time is left out. Choose 60 in the camera's settings."],
    ['light', 'Light', null, 'good', null],
    ['level', 'Camera level', null, 'good', null],
    ['speed', 'Belt speed told', null, 'unknown', null],
];
const checks = (isReady) => CHECKS.map(([id, title, , state, advice]) =>
    isReady ? { id, title, state: 'good', advice: null } : { id, title, state, advice });

const FAULT = { fault: 0, rule: 'overstride', title: 'Foot lands far ahead', side: 'both', level: 2 };

export function reading(id, title, unit, value, uncertainty, usual, level, more = {}) {
    return { id, title, key: id, unit, decimals: 0, value, uncertainty, n: 10, usual, level, side: null, reason: null, ...more };
}

export const scenes = {
    connecting: () => [['status', { state: 'connecting', running_s: 0 }]],
    setup: () => [
        ['status', { state: 'waiting', running_s: 0 }],
        ['setup', { is_ready: false, checks: checks(false) }],
    ],
    ready: () => [
        ['status', { state: 'waiting', running_s: 0 }],
        ['setup', { is_ready: true, checks: checks(true) }],
    ],
    running: (t = 62) => [
        ['status', { state: 'running', time_s: t, running_s: t - 4 }],
        ['setup', { is_ready: true, checks: checks(true) }],
        ['cue', { cues: [] }],
        ['summary', { readings: [
            reading('trunk_lean', 'Torso over pelvis', '°', 7.1 + Math.sin(t), 1.2, [1, 12], 0),
            reading('knee_flexion', 'Knee', '°', 41 + 2 * Math.sin(2 * t), 3, [36, 50], 0),
            reading('foot_strike', 'Foot strike', '°', 11.2, 2.5, [-5, 25], 0),
            reading('cadence', 'Cadence', 'steps/min', 168 + Math.round(Math.sin(3 * t)), 1, [160, 185], 0),
            reading('contact', 'Contact time', 'ms', 251, 9, null, null),
        ], strikes: Array.from({ length: 10 }, (_, i) => ({ side: i % 2 ? 'right' : 'left', strike: 'rearfoot', angle_deg: 11 })) }],
        ['timeline', { time_s: t, settings: [{ from_s: 0, speed_kmh: 9, incline_pct: 0 }, { from_s: t / 3, speed_kmh: 11, incline_pct: 1 }],
            gaps: [{ from_s: 0.31 * t, to_s: 0.4 * t }], faults: [] }],
    ],
    cue: (t = 312, level = 2, two = false) => [
        ...scenes.running(t).filter(([type]) => !['summary', 'cue', 'timeline'].includes(type)),
        ['summary', { readings: [
            reading('trunk_lean', 'Torso over pelvis', '°', 14.4, 1.2, [3, 10], 2),
            reading('knee_flexion', 'Knee', '°', 33, 3, [36, 50], 1),
            reading('foot_strike', 'Foot strike', '°', 26, 2.5, [-5, 25], 1),
            reading('cadence', 'Cadence', 'steps/min', 154, 1, [160, 185], 2),
            reading('contact', 'Contact time', 'ms', null, null, null, null,
                { reason: 'needs a camera of 45 frames a second or more' }),
        ], strikes: Array.from({ length: 10 }, (_, i) => ({ side: i % 2 ? 'right' : 'left',
            strike: i === 3 ? 'midfoot' : i === 6 ? 'forefoot' : i === 8 ? null : 'rearfoot', angle_deg: 26 })) }],
        ['cue', { cues: [{ fault: 0, text: 'Shorter, quicker steps', level },
            ...(two ? [{ fault: 1, text: 'Run taller, chest up', level: 1 }] : [])] }],
        ['timeline', { time_s: t, settings: [{ from_s: 0, speed_kmh: 9, incline_pct: 0 }, { from_s: 60, speed_kmh: 11, incline_pct: 0 },
            { from_s: 200, speed_kmh: 12.5, incline_pct: 1.5 }], gaps: [{ from_s: 150, to_s: 172 }],
            faults: [{ ...FAULT, begin_s: 214, end_s: null }, { ...FAULT, fault: 2, level: 1, begin_s: 62, end_s: 110 },
                { fault: 1, rule: 'trunk_forward', title: 'Leaning far forward', side: 'both', level: 1, begin_s: 250, end_s: null },
                { fault: 3, rule: 'knee_low_flexion', title: 'Knee bends little under load', side: 'left', level: 3, begin_s: 80, end_s: 96 }] }],
    ],
    behind: () => [['status', { state: 'running', is_keeping_up: false, analysed_fps: 30.8, n_dropped: 420 }]],
    lost: () => [['status', { state: 'lost', message: null }]],
    paused: () => [['status', { state: 'paused' }]],
    end: () => [['end', { time_s: 312.4, reason: 'stopped', message: 'Stopped by you.', report: '/report' }]],
};

const STATUS = {
    time_s: 0, state: 'connecting', message: null, fps: 59.94, analysed_fps: 59.94, n_frames: 3725, n_dropped: 0,
    is_keeping_up: true, latency_ms: { p50: 11.2, p95: 14.8, p99: 21 }, recording: { state: 'on', message: null },
    view: 'left', near_side: 'left', speed_kmh: 11, incline_pct: 1, running_s: 0,
};

/* ---- the server ---------------------------------------------------------------------------------- */

/** @param opts  {port, isWide}
 *  @return {url, commands, say(scene), publish(type, record), nWatching(), cut(), close()} */
export async function startMock({ port = 0, isWide = false } = {}) {
    const pictures = jpegs(isWide), records = frameRecords(isWide);
    const listeners = new Set(), watchers = new Set(), sockets = new Set();
    const retained = new Map(), commands = [];
    let id = 0, frame = 0, status = { ...STATUS };

    const write = (response, type, record) =>
        response.write(`event: ${type}\nid: ${id++}\ndata: ${JSON.stringify(record)}\n\n`);
    const publish = (type, record) => {
        if (type === 'status')
            record = status = { ...status, is_keeping_up: true, message: null, ...record };
        const full = { type, ...record };
        if (RETAINED.includes(type))
            retained.set(type, full);
        for (const response of listeners)
            write(response, type, full);
    };
    publish('hello', { version: '0.6.0', source: '/dev/video0', source_text: 'Integrated Camera, 1280x720 MJPEG at 60 fps',
        model: 'full', started: new Date().toISOString(), recording: 'treadmill' });

    const sendPicture = () => {
        frame = (frame + 1) % Math.min(records.length, pictures.length);
        const record = Buffer.from(JSON.stringify(records[frame])), head = Buffer.alloc(8);
        head.writeUInt32BE(record.length, 0);
        head.writeUInt32BE(pictures[frame].length, 4);
        const all = Buffer.concat([head, record, pictures[frame]]);
        for (const response of watchers)
            if (response.writableLength === 0) /* one that is not fetched in time is passed over */
                response.write(all);
    };
    const timer = setInterval(sendPicture, FRAME_MS);

    const command = (request, response) => {
        let body = '';
        request.on('data', (chunk) => (body += chunk));
        request.on('end', () => {
            const wanted = JSON.parse(body), bad = wanted.speed_kmh > 40;
            commands.push(wanted);
            response.writeHead(bad ? 400 : 204, { 'Content-Type': 'application/json' });
            response.end(bad ? JSON.stringify({ error: 'speed_kmh is a number from 0.5 to 40' }) : undefined);
            if (bad)
                return;
            const { pause, stop, ...belt } = wanted;
            publish('status', { ...belt, ...(pause === undefined ? {} : { state: pause ? 'paused' : 'running' }) });
            if (stop)
                mock.say('end');
        });
    };
    const follow = (set, type) => (request, response) => {
        response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' });
        set.add(response);
        response.on('close', () => set.delete(response));
        if (set === listeners)
            for (const [kind, record] of retained)
                write(response, kind, record);
    };
    const routes = {
        '/events': follow(listeners, 'text/event-stream'),
        '/pictures': follow(watchers, 'application/octet-stream'),
        '/command': command,
        '/report': (_, response) => {
            response.writeHead(200, { 'Content-Type': 'text/html' });
            response.end('<!doctype html><link rel="icon" href="data:,"><title>Report</title><h1>The report</h1>');
        },
    };
    const server = http.createServer((request, response) => {
        const { pathname } = new URL(request.url, 'http://mock');
        if (routes[pathname])
            return routes[pathname](request, response);
        const name = pathname === '/' ? 'index.html' : path.basename(pathname);
        const file = path.join(assets, name);
        if (!existsSync(file)) {
            response.writeHead(404);
            return response.end();
        }
        response.writeHead(200, { 'Content-Type': TYPES[path.extname(name)], 'Content-Security-Policy': CSP });
        return response.end(readFileSync(file));
    });
    server.on('connection', (socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
    });
    const listen = (at) => new Promise((done) => server.listen(at, '127.0.0.1', done));
    await listen(port);
    const own = server.address().port;
    const hangUp = () => new Promise((done) => {
        server.close(done);
        for (const socket of sockets)
            socket.destroy();
    });

    const mock = {
        url: `http://127.0.0.1:${own}`,
        commands,
        publish,
        say(scene, ...args) {
            for (const [type, record] of scenes[scene](...args))
                publish(type, record);
        },
        nWatching: () => watchers.size,
        /** The program is gone, until `back`. */
        cut: hangUp,
        back: () => listen(own),
        /** A new session, as after starting the program anew; pages stay. */
        forget() {
            for (const type of [...retained.keys()].filter((t) => t !== 'hello'))
                retained.delete(type);
            status = { ...STATUS };
            commands.length = 0;
        },
        async close() {
            clearInterval(timer);
            await hangUp();
        },
    };
    return mock;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const mock = await startMock({ port: Number(process.argv[2] ?? 8765) });
    console.log(mock.url);
    const turns = ['setup', 'ready', 'running', 'running', 'cue', 'behind', 'lost', 'running'];
    let turn = 0, time_s = 20;
    const next = () => mock.say(turns[turn++ % turns.length]);
    next();
    setInterval(next, 6000);
    setInterval(() => mock.publish('status', { time_s: ++time_s }), 1000);
}
