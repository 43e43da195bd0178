/* The live page: records in, words and numbers out. */
import { createPause, createStepper, createStop, listenToKeys } from './controls.js';
import { createPicture } from './draw.js';
import { createReadings } from './readings.js';
import { setSound, soundCue } from './sound.js';
import { clock, createStrip } from './strip.js';
import { followEvents, followPictures } from './stream.js';

const REPORT_MS = 1500;
const TOAST_MS = 6000;
/* After this much running the set-up helper gives way, whatever is still amber. */
const SETTLED_S = 20;
const LEVEL_WORD = ['', 'Watch', 'Change', 'Change now'];

const $ = (id) => document.getElementById(id);

/* Writes only what is different: no work for the browser where nothing changed. */
function setText(node, text) {
    if (node.textContent !== text)
        node.textContent = text;
}
function setIcon(node, name) {
    const use = node.querySelector('use');
    if (use.getAttribute('href') !== name)
        use.setAttribute('href', name);
}
function icon(name, className = '') {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', `icon ${className}`);
    svg.setAttribute('aria-hidden', 'true');
    svg.append(document.createElementNS('http://www.w3.org/2000/svg', 'use'));
    setIcon(svg, name);
    return svg;
}
function element(tag, className, ...children) {
    const node = document.createElement(tag);
    node.className = className;
    node.append(...children);
    return node;
}

let hello = null, status = null, setup = null, cues = [];
let faultsOn = []; /* of the timeline, the gravest first */
let isConnected = true, hasEnded = false;
let viewChoice = null; /* 'setup' or 'run' once the user has chosen one */

/* ---- what to change -------------------------------------------------------------------------- */

let shownCue = '';

function showCues() {
    const paused = status?.state === 'paused';
    /* a cue is for somebody who runs and is seen */
    const isOn = cues.length && !['paused', 'lost', 'waiting'].includes(status?.state);
    const key = JSON.stringify([cues, status?.state, (status?.running_s ?? 0) >= SETTLED_S, faultsOn[0]?.title]);
    if (key === shownCue)
        return;
    shownCue = key;
    $('cue').dataset.count = isOn ? cues.length : 0;
    if (isOn) {
        $('cue-text').replaceChildren(...cues.map((cue, i) =>
            element('p', `cue-line level${cue.level} ${i ? 'second' : 'first'}`,
                icon(`#i-level${cue.level}`),
                element('span', 'cue-word', LEVEL_WORD[cue.level]),
                element('span', 'cue-what', cue.text))));
        return;
    }
    const calm = paused ? ['Paused', 'Press Go on, or space']
        : status?.state === 'lost' ? ['Camera lost', 'Keep running']
        : status?.state === 'waiting' ? ['Nobody is running', 'Numbers are those of the last steps']
        /* Told already, and not to be nagged about. */
        : faultsOn.length ? [faultsOn[0].title, 'Still there: keep working on it']
        : (status?.running_s ?? 0) < SETTLED_S ? ['Just run', 'The first steps are being measured']
        : ['Nothing to change', 'Keep it like this'];
    const isGood = calm[0] === 'Nothing to change';
    $('cue-text').replaceChildren(element('p', 'cue-line first calm',
        icon(isGood ? '#i-good' : paused ? '#i-pause' : '#i-unknown', isGood ? 'tone0' : ''),
        element('span', 'cue-word', calm[1]), element('span', 'cue-what', calm[0])));
}

/* ---- before the run -------------------------------------------------------------------------- */

const CHECK_ICON = { good: '#i-good', poor: '#i-level2', unknown: '#i-unknown' };
const CHECK_WORD = { good: 'good', poor: 'to improve', unknown: 'not known yet' };

function showSetup() {
    const list = $('checks');
    for (const check of setup.checks) {
        let row = list.querySelector(`[data-id="${CSS.escape(check.id)}"]`);
        if (!row) {
            row = element('li', 'check', icon('#i-unknown'),
                element('div', '', element('p', 'check-title'), element('p', 'check-advice')));
            row.dataset.id = check.id;
            row.querySelector('.check-title').append(element('span', ''), element('span', 'check-word'));
            list.append(row);
        }
        row.dataset.state = check.state;
        setIcon(row, CHECK_ICON[check.state] ?? '#i-unknown');
        setText(row.querySelector('.check-title span'), check.title);
        setText(row.querySelector('.check-word'), CHECK_WORD[check.state] ?? check.state);
        setText(row.querySelector('.check-advice'), check.advice ?? '');
    }
    for (const row of [...list.children])
        if (!setup.checks.some((check) => check.id === row.dataset.id))
            row.remove();

    const n = setup.checks.filter((check) => check.state === 'poor').length;
    const isLooking = setup.checks.every((check) => check.state === 'unknown');
    $('ready').dataset.ready = setup.is_ready ? 'yes' : 'no';
    setIcon($('ready'), setup.is_ready ? '#i-good' : n ? '#i-level2' : '#i-unknown');
    setText($('ready').querySelector('span'),
        setup.is_ready ? 'Ready: start running'
        : isLooking ? 'Looking at the picture'
        : n === 1 ? 'One thing to put right' : n ? `${n} things to put right` : 'One moment');
    $('setup-toggle').dataset.state = n ? 'poor' : 'good';
}

function showView() {
    const isBefore = (status?.running_s ?? 0) < SETTLED_S &&
        (!status || ['connecting', 'waiting'].includes(status.state) || (setup && !setup.is_ready));
    const view = viewChoice ?? (isBefore ? 'setup' : 'run');
    if (document.body.dataset.view !== view)
        document.body.dataset.view = view;
    $('setup-toggle').setAttribute('aria-pressed', String(view === 'setup'));
}

/* ---- how it goes ----------------------------------------------------------------------------- */

const STATE_WORD = { connecting: 'Connecting', waiting: 'Waiting', running: 'Running',
                     paused: 'Paused', lost: 'Camera lost', ended: 'Ended' };

function showBanner() {
    const text = hasEnded ? ''
        : !isConnected ? 'No connection to the program. Trying again.'
        : status?.state === 'lost' ? `Camera lost. Trying again.${status.message ? ' ' + status.message : ''}`
        : '';
    if ($('banner').textContent !== text)
        $('banner').replaceChildren(...(text ? [icon('#i-level2'), element('span', '', text)] : []));
    $('banner').hidden = !text;
}

function showFacts() {
    const r = status.recording, rate = (v) => Math.round(v ?? 0);
    $('recording').hidden = r.state === 'off';
    $('recording').dataset.state = r.state;
    setText($('recording-text'), r.state === 'failed' ? r.message || 'Recording failed' : 'Recording');

    const isBehind = status.is_keeping_up === false;
    $('facts').dataset.behind = isBehind ? 'yes' : 'no';
    const lite = hello && hello.model !== 'lite' ? ' The lite model is faster.' : '';
    setText($('facts-text'), isBehind
        ? `This computer analyses ${rate(status.analysed_fps)} of ${rate(status.fps)} pictures a ` +
          `second; numbers stay current.${lite}`
        : [hello?.source_text, `${rate(status.fps)} pictures a second`,
           status.latency_ms?.p50 != null && `${Math.round(status.latency_ms.p50)} ms behind`,
           `${status.n_dropped} missed`].filter(Boolean).join(' · '));
}

function showStatus() {
    document.body.dataset.state = status.state;
    const message = status.state !== 'lost' && status.message;
    setText($('state'), message || STATE_WORD[status.state] || status.state);
    setText($('clock'), clock(status.running_s ?? 0));
    speed.confirm(status.speed_kmh);
    incline.confirm(status.incline_pct);
    pause.confirm(status.state === 'paused');
    strip.setNow(status.time_s);
    showFacts();
    showBanner();
    showView();
    showCues();
}

function finish(record) {
    hasEnded = true;
    events.close();
    pictures.close();
    $('finish').hidden = false;
    setText($('finish-text'), record.message ?? '');
    $('finish-link').href = record.report ?? '/report';
    document.body.dataset.state = 'ended';
    setText($('state'), STATE_WORD.ended);
    showBanner();
    setTimeout(() => location.assign($('finish-link').href), REPORT_MS);
}

/* ---- together -------------------------------------------------------------------------------- */

let toastTimer = 0;
function toast(text) {
    setText($('toast'), text);
    $('toast').hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => ($('toast').hidden = true), TOAST_MS);
}

/* The limits are the program's own for --speed and --incline. */
const speed = createStepper($('speed'), { field: 'speed_kmh', title: 'Speed', unit: 'km/h', press: 0.5,
                                          low: 0.5, high: 45, onRefused: toast });
const incline = createStepper($('incline'), { field: 'incline_pct', title: 'Incline', unit: '%',
                                              press: 0.5, low: -30, high: 45, onRefused: toast });
const pause = createPause($('pause'), toast);
const stop = createStop($('stop'), $('stop-text'),
    () => ({ ...speed.take(), ...incline.take() }), toast);
const strip = createStrip($('strip'));
const readings = createReadings($('readings'), $('reading-template'));
const picture = createPicture($('picture'), {
    onFirst: () => ($('no-picture').hidden = true),
    isWhole: () => document.body.dataset.view === 'setup',
});

const help = () => $('help-dialog').showModal();
$('help').addEventListener('click', help);
$('sound').addEventListener('change', (event) => setSound(event.target.value));
$('setup-toggle').addEventListener('click', () => {
    viewChoice = document.body.dataset.view === 'setup' ? 'run' : 'setup';
    showView();
});
$('setup-close').addEventListener('click', () => {
    viewChoice = 'run';
    showView();
});
document.addEventListener('keydown', (event) => event.key === 'Escape' && stop.disarm());
listenToKeys({ speed: speed.add, incline: incline.add, pause: pause.toggle, help });

const events = followEvents({
    hello(record) {
        /* the program was started anew behind the same address */
        if (hello && hello.started !== record.started)
            location.reload();
        hello = record;
        if (status)
            showFacts();
    },
    status(record) {
        status = record;
        showStatus();
    },
    setup(record) {
        setup = record;
        showSetup();
        showView();
    },
    summary: readings.show,
    cue(record) {
        cues = record.cues.slice(0, 2);
        showCues();
        soundCue(cues[0]);
    },
    timeline(record) {
        faultsOn = record.faults.filter((f) => f.end_s === null).sort((a, b) => b.level - a.level);
        strip.setTimeline(record);
        showCues();
    },
    end: finish,
}, (connected) => {
    isConnected = connected;
    showBanner();
});
const pictures = followPictures(picture.show);
showCues();
