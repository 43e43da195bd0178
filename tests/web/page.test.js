/* The live page in a real browser against the server of mock.js. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, afterEach, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { startMock } from './mock.js';

const CHROMIUM = '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LAPTOP = { width: 1280, height: 800 }, PHONE = { width: 390, height: 844 };

let browser, mock;
before(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    mock = await startMock();
});
afterEach(async () => {
    for (const context of browser.contexts())
        await context.close();
});
after(async () => {
    await browser?.close();
    await mock?.close();
});

/* A page that fails the test if it says an error or asks another origin for anything. */
async function open(scene, { at = '/', viewport = LAPTOP, isCutAllowed = false, ...options } = {}) {
    mock.forget();
    if (scene)
        mock.say(...[scene].flat());
    const context = await browser.newContext({ viewport, ...options });
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (m) => {
        const isNetwork = m.text().includes('Failed to load resource') || m.text().includes('ERR_');
        if (['error', 'warning'].includes(m.type()) && !(isCutAllowed && isNetwork))
            complaints.push(m.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(mock.url) && !url.startsWith('blob:') && !url.startsWith('data:'))
            complaints.push(`asked ${url}`);
    });
    await page.goto(mock.url + at);
    return { page, close: async () => {
        await context.close();
        assert.deepEqual(complaints, []);
    } };
}

const text = (page, selector) => page.locator(selector).innerText();
const until = (page, fact, arg) => page.waitForFunction(fact, arg, { timeout: 10000 });
const shows = (page, selector, wanted) =>
    until(page, ([s, w]) => document.querySelector(s)?.innerText.includes(w), [selector, wanted]);

/* Waits for what the page has sent. */
async function sent(wanted) {
    for (let i = 0; i < 200; i++) {
        if (mock.commands.length)
            break;
        await new Promise((done) => setTimeout(done, 25));
    }
    assert.deepEqual(mock.commands.splice(0), wanted);
}

const pixels = (page) => page.evaluate(() => {
    const canvas = document.querySelector('#picture');
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    const found = { trunk: 0, near: 0, sum: 0 };
    for (let i = 0; i < data.length; i += 4) {
        const [r, g, b] = data.subarray(i, i + 3);
        found.sum = (31 * found.sum + r + g + b) % 1e9;
        found.trunk += r === 255 && g === 255 && b === 255;
        found.near += r === 86 && g === 180 && b === 233;
    }
    return found;
});

test('set-up: advice for what is amber, then ready', async () => {
    const { page, close } = await open('setup');
    await shows(page, '#ready', '2 things to put right');
    const amber = page.locator('.check[data-state="poor"]');
    assert.equal(await amber.count(), 2);
    assert.match(await amber.first().innerText(), /to improve[\s\S]*Tilt the camera down/);
    assert.match(await page.locator('.check[data-state="unknown"]').innerText(), /not known yet/);
    assert.equal(await page.locator('#readings').isVisible(), false);
    mock.say('ready');
    await shows(page, '#ready', 'Ready: start running');
    mock.say('running');
    await page.locator('#readings').waitFor({ state: 'visible' });
    assert.equal(await page.locator('#setup').isVisible(), false);
    await close();
});

test('set-up gives way to the numbers after 20 s, whatever is amber', async () => {
    const { page, close } = await open('setup');
    mock.publish('status', { state: 'running', running_s: 5 });
    await shows(page, '#clock', '0:05');
    assert.equal(await page.locator('#setup').isVisible(), true);
    mock.publish('status', { state: 'running', running_s: 21 });
    await page.locator('#readings').waitFor({ state: 'visible' });
    await close();
});

test('picture and lines are drawn, and move', async () => {
    const { page, close } = await open('running');
    await page.locator('#no-picture').waitFor({ state: 'hidden' });
    await until(page, () => document.querySelector('#picture').width > 300);
    await page.waitForTimeout(200);
    const first = await pixels(page);
    assert.ok(first.trunk > 100, `${first.trunk} white pixels of a trunk`);
    assert.ok(first.near > 100, `${first.near} pixels of the near leg`);
    await page.waitForTimeout(200);
    assert.notEqual((await pixels(page)).sum, first.sum);
    await close();
});

test('pictures are not fetched by a page that is not seen', async () => {
    const { page, close } = await open('running');
    await page.locator('#no-picture').waitFor({ state: 'hidden' });
    assert.equal(mock.nWatching(), 1);
    const see = (isHidden) => page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
    await see(true);
    for (let i = 0; i < 40 && mock.nWatching(); i++)
        await page.waitForTimeout(25);
    assert.equal(mock.nWatching(), 0);
    await see(false);
    for (let i = 0; i < 80 && !mock.nWatching(); i++)
        await page.waitForTimeout(25);
    assert.equal(mock.nWatching(), 1);
    await close();
});

test('numbers move, with range, doubt and reasons, and nothing else moves with them', async () => {
    const { page, close } = await open(['running', 62]);
    await shows(page, '[data-id="knee_flexion"] .number', '39°');
    const places = () => page.evaluate(() => ['#cue', '#readings', '.strip', '.controls', '[data-id="cadence"]']
        .map((s) => JSON.stringify(document.querySelector(s).getBoundingClientRect())).join());
    const at_first = await places();
    mock.say('cue');
    await shows(page, '[data-id="knee_flexion"] .number', '33°');
    assert.match(await text(page, '[data-id="knee_flexion"]'), /± 3[\s\S]*Below usual/);
    assert.match(await text(page, '[data-id="foot_strike"]'), /Heel/);
    assert.match(await text(page, '[data-id="contact"]'), /–[\s\S]*Needs a camera of 45 frames a second/);
    assert.equal(await page.locator('.strike.rearfoot').count(), 7);
    assert.equal(await page.locator('.strike.midfoot').count(), 1);
    assert.equal(await page.locator('.strike.forefoot').count(), 1);
    assert.match(await page.locator('.strike-row').first().getAttribute('aria-label'), /left, last steps: heel first/);
    assert.equal(await places(), at_first);
    await close();
});

test('a cue is said in words, shape and politely; then it goes', async () => {
    const { page, close } = await open('running');
    await shows(page, '#cue', 'Nothing to change');
    mock.say('cue', 312, 3, true);
    await shows(page, '#cue', 'Shorter, quicker steps');
    assert.match(await text(page, '#cue'), /Change now[\s\S]*Watch[\s\S]*Run taller/);
    assert.equal(await page.locator('#cue .first use').getAttribute('href'), '#i-level3');
    assert.equal(await page.locator('#cue-text').getAttribute('aria-live'), 'polite');
    assert.match(await page.locator('#strip').getAttribute('aria-label'), /Foot lands far ahead from 3:34 to now/);
    /* Its cue rests, the fault does not. */
    mock.publish('cue', { cues: [] });
    await shows(page, '#cue', 'Foot lands far ahead');
    await shows(page, '#cue', 'Still there');
    mock.publish('timeline', { time_s: 320, settings: [], gaps: [], faults: [] });
    await shows(page, '#cue', 'Nothing to change');
    await close();
});

test('speed and incline: buttons, typing, keys; several presses are one command', async () => {
    const { page, close } = await open('running');
    await shows(page, '#speed', '11.0');
    await page.getByRole('button', { name: 'Speed up by 0.5' }).click();
    assert.match(await text(page, '#speed'), /11\.5/);
    await sent([{ speed_kmh: 11.5 }]);
    const down = page.getByRole('button', { name: 'Incline down by 0.5' });
    await down.click();
    await down.click();
    await sent([{ incline_pct: 0 }]);
    await page.getByRole('button', { name: /^Speed: 11.5/ }).click();
    await page.keyboard.type('9,8');
    await page.keyboard.press('Enter');
    await sent([{ speed_kmh: 9.8 }]);
    await page.locator('body').click({ position: { x: 640, y: 20 } });
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Shift+ArrowUp');
    await sent([{ speed_kmh: 10.9 }]);
    await page.keyboard.press('ArrowRight');
    await sent([{ incline_pct: 0.5 }]);
    await until(page, () => document.querySelector('#speed').dataset.pending === 'no');
    await close();
});

test('a held button repeats', async () => {
    const { page, close } = await open('running');
    await shows(page, '#speed', '11.0');
    await page.getByRole('button', { name: 'Speed up by 0.5' }).hover();
    await page.mouse.down();
    await shows(page, '#speed', '12.5');
    await page.mouse.up();
    await sent([{ speed_kmh: Number((await text(page, '#speed b'))) }]);
    await close();
});

test('what is refused is said, and the true value comes back', async () => {
    const { page, close } = await open('running', { isCutAllowed: true });
    await shows(page, '#speed', '11.0');
    await page.getByRole('button', { name: /^Speed: 11/ }).click();
    await page.keyboard.type('44');
    await page.keyboard.press('Enter');
    await shows(page, '#toast', 'from 0.5 to 40');
    await shows(page, '#speed', '11.0');
    mock.commands.length = 0;
    await close();
});

test('space pauses and goes on; ? helps; Escape closes', async () => {
    const { page, close } = await open('running');
    await shows(page, '#speed', '11.0');
    await page.keyboard.press('Space');
    await sent([{ pause: true }]);
    await shows(page, '#pause', 'Go on');
    await shows(page, '#cue', 'Paused');
    await page.keyboard.press('Space');
    await sent([{ pause: false }]);
    await shows(page, '#pause', 'Pause');
    await page.keyboard.press('?');
    assert.equal(await page.getByRole('dialog').isVisible(), true);
    await page.keyboard.press('ArrowUp'); /* not while a dialog is open */
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('dialog').isVisible(), false);
    assert.deepEqual(mock.commands, []);
    await close();
});

test('stop asks once more, then ends at the report', async () => {
    const { page, close } = await open('running');
    await shows(page, '#speed', '11.0');
    await page.getByRole('button', { name: 'Stop' }).click();
    await shows(page, '#stop', 'Press again');
    await page.keyboard.press('Escape');
    await shows(page, '#stop', 'Stop');
    assert.deepEqual(mock.commands, []);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Press again' }).click();
    await sent([{ stop: true }]);
    await page.getByRole('link', { name: 'See your report' }).waitFor();
    await page.waitForURL('**/report', { timeout: 10000 });
    await shows(page, 'h1', 'The report');
    await close();
});

test('what was pressed just before the stop goes with it', async () => {
    const { page, close } = await open('running');
    await shows(page, '#speed', '11.0');
    /* At once, however slow the machine: before the fingers rest. */
    await page.evaluate(() => {
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }));
        const stop = document.querySelector('#stop');
        stop.click();
        stop.click();
    });
    await sent([{ speed_kmh: 11.1, stop: true }]);
    await page.waitForURL('**/report', { timeout: 10000 });
    assert.deepEqual(mock.commands, []);
    await close();
});

test('camera lost, falling behind, recording failed: said in plain words', async () => {
    const { page, close } = await open('running');
    await shows(page, '#recording', 'Recording');
    mock.say('lost');
    await shows(page, '#banner', 'Camera lost. Trying again.');
    mock.say('behind');
    await shows(page, '#facts', 'This computer analyses 31 of 60 pictures a second; numbers stay current. The lite model is faster.');
    assert.equal(await page.locator('#banner').isVisible(), false);
    mock.publish('status', { recording: { state: 'failed', message: 'The disk is full: recording stopped.' } });
    await shows(page, '#recording', 'The disk is full');
    await close();
});

test('program gone: a banner, and on again by itself', async () => {
    const { page, close } = await open('running', { isCutAllowed: true });
    await shows(page, '#speed', '11.0');
    await mock.cut();
    await shows(page, '#banner', 'No connection to the program. Trying again.');
    await mock.back();
    await page.locator('#banner').waitFor({ state: 'hidden', timeout: 15000 });
    mock.publish('status', { speed_kmh: 8 });
    await shows(page, '#speed', '8.0');
    await close();
});

test('light and dark: the system decides, the button is remembered', async () => {
    const { page, close } = await open('running', { colorScheme: 'dark' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.getByRole('button', { name: 'Switch to light' }).click();
    const light = await ground();
    assert.notEqual(light, dark);
    await page.reload();
    assert.equal(await ground(), light);
    await close();
});

test('sound is off until chosen', async () => {
    const { page, close } = await open('running');
    await page.evaluate(() => {
        window.said = [];
        window.speechSynthesis.speak = (words) => window.said.push(words.text);
    });
    assert.equal(await page.getByLabel('Sound').inputValue(), 'off');
    mock.say('cue');
    await shows(page, '#cue', 'Shorter');
    assert.deepEqual(await page.evaluate(() => window.said), []);
    await page.getByLabel('Sound').selectOption('speech');
    mock.publish('cue', { cues: [{ fault: 1, text: 'Run taller, chest up', level: 1 }] });
    await shows(page, '#cue', 'Run taller');
    assert.equal((await page.evaluate(() => window.said)).at(-1), 'Run taller, chest up');
    await close();
});

test('everything is reached by keyboard, has a name and shows its focus', async () => {
    const { page, close } = await open('running');
    await shows(page, '#speed', '11.0');
    const all = await page.locator('button:visible, select:visible, a:visible').count();
    const reached = new Set();
    for (let i = 0; i < all; i++) {
        await page.keyboard.press('Tab');
        reached.add(await page.evaluate(() => {
            const on = document.activeElement, style = getComputedStyle(on);
            const name = on.getAttribute('aria-label') || on.labels?.[0]?.innerText || on.innerText;
            return name.trim() && style.outlineStyle !== 'none' ? name.trim() : `without name or outline: ${on.outerHTML}`;
        }));
    }
    assert.equal(reached.size, all, [...reached].join('; '));
    assert.deepEqual([...reached].filter((name) => name.startsWith('without')), []);
    await close();
});

for (const colorScheme of ['light', 'dark'])
    test(`nothing serious for axe: ${colorScheme}`, async () => {
        /* the checker is put into the page, which the page's own policy forbids */
        const { page, close } = await open('setup', { colorScheme, bypassCSP: true });
        const check = async (what) => {
            await page.evaluate(AXE);
            const { violations } = await page.evaluate(() => window.axe.run());
            const grave = violations.filter((v) => ['serious', 'critical'].includes(v.impact));
            assert.deepEqual(grave.map((v) => `${what}, ${v.id}: ${v.nodes.map((n) => n.html).join(' | ').slice(0, 400)}`), []);
        };
        await shows(page, '#ready', '2 things');
        await check('set-up');
        mock.say('cue', 312, 2, true);
        await shows(page, '#cue', 'Run taller');
        await check('cue');
        await page.keyboard.press('?');
        await check('help');
        await page.keyboard.press('Escape');
        mock.publish('cue', { cues: [] });
        mock.say('lost');
        await shows(page, '#banner', 'Camera lost');
        await check('lost');
        await close();
    });

for (const [device, viewport] of Object.entries({ phone: PHONE, tablet: { width: 820, height: 1180 }, laptop: LAPTOP }))
    test(`nothing to scroll sideways, no text below 14 px: ${device}`, async () => {
        const { page, close } = await open(null, { viewport });
        const look = async (what) => {
            const found = await page.evaluate(() => {
                const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), small = [];
                while (walk.nextNode()) {
                    const at = walk.currentNode.parentElement;
                    const own = at.closest('.strike') ? at.ownerSVGElement.clientWidth / 28 : 1; /* drawn to scale */
                    if (walk.currentNode.data.trim() && at.checkVisibility() && !at.closest('symbol, template, option'))
                        if (own * parseFloat(getComputedStyle(at).fontSize) < 14)
                            small.push(walk.currentNode.data);
                }
                return { wide: document.documentElement.scrollWidth - innerWidth,
                         tall: document.documentElement.scrollHeight - innerHeight, small };
            });
            assert.ok(found.wide <= 0, `${what}: ${found.wide} px too wide`);
            assert.deepEqual(found.small, []);
            if (device === 'laptop')
                assert.ok(found.tall <= 0, `${what}: ${found.tall} px too tall`);
        };
        mock.say('setup');
        await shows(page, '#ready', '2 things');
        await look('set-up');
        mock.say('cue', 312, 2, true);
        await shows(page, '#cue', 'Run taller');
        await look('cue');
        await close();
    });
