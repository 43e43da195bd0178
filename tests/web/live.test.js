/* The program itself in front of a real browser: a runner streamed in by a second process, a rule
 * their lean is sure to break, the belt changed by a tap, the end on the report. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { chromium } from 'playwright-core';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const work = mkdtempSync(path.join(tmpdir(), 'live-'));
const children = [];
let browser;
after(async () => {
    await browser?.close();
    for (const child of children)
        child.kill('SIGKILL');
    rmSync(work, { recursive: true });
});

const RULE = `version: 1
rules:
  - id: trunk_forward
    title: Leaning far forward
    view: [side]
    side: both
    phase: midstance
    parts:
      - {measure: trunk_lean_deg, usual: [0, 2], high: [2.5, 3, 20], hysteresis: 0.2}
    source: convention
    cue: Run taller, chest up
    meaning: The shoulders are further ahead of the hips than usual.
    why: A test.
    advice: Look ahead.
`;

const freePort = () => new Promise((done) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
        const { port } = socket.address();
        socket.close(() => done(port));
    });
});

function start(command, args) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    child.said = '';
    child.stdout.on('data', (data) => { child.said += data; });
    children.push(child);
    return child;
}

async function linkOf(child) {
    for (let i = 0; i < 200; i++) {
        const found = /^Open (\S+)$/m.exec(child.said);
        if (found)
            return found[1];
        await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`no link: ${child.said}`);
}

test('a runner is shown, told what to change, and sent to the report', { timeout: 180000 }, async () => {
    const udp = await freePort();
    const clip = path.join(work, 'clip.ts');
    const made = start('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', path.join(root, 'samples/runner_left.mp4'),
        '-an', '-vf', 'scale=540:720', '-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-g', '30', clip]);
    assert.equal(await new Promise((done) => made.on('exit', done)), 0);
    start('ffmpeg', ['-nostdin', '-v', 'error', '-re', '-stream_loop', '-1', '-i', clip, '-c', 'copy', '-f', 'mpegts',
        `udp://127.0.0.1:${udp}?pkt_size=1316`]);
    const rules = path.join(work, 'rules.yaml');
    writeFileSync(rules, RULE);
    const program = start(process.env.TREADSCOPE, ['live', `udp://127.0.0.1:${udp}`, '--model', 'lite',
        '--speed', '11', '--port', '0', '--rules', rules]);
    /* From the start: it ends by itself soon after nobody looks at the live page any more. */
    const ended = new Promise((done) => program.on('exit', done));
    const link = await linkOf(program);

    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const complaints = [];
    page.on('console', (m) => m.type() === 'error' && complaints.push(m.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(link);
    const shows = (wanted, ms) => page.waitForFunction((w) => document.body.innerText.includes(w), wanted, { timeout: ms });
    const shot = (name) => page.screenshot({ path: path.join(root, 'build/web', `live-${name}.png`) });
    mkdirSync(path.join(root, 'build/web'), { recursive: true });

    /* Set-up gives way to the run after 20 s; a slow machine may be past it. */
    await page.waitForFunction(() => /Feet in view|Torso over pelvis/.test(document.body.innerText), null, { timeout: 60000 });
    await shot('setup');
    await shows('Run taller, chest up', 60000);
    const cadence = await page.waitForFunction(() => /\b1[67]\d\b/.exec(document.body.innerText)?.[0], null, { timeout: 20000 });
    assert.ok(Math.abs(Number(await cadence.jsonValue()) - 168) < 9);
    await shot('cue');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(500);
    await shot('cue-phone');
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.keyboard.press('ArrowUp');
    await shows('11.1', 5000);

    const stop = page.locator('#stop'); /* its name changes: "Press again" */
    await stop.click();
    await stop.click();
    await page.waitForURL(/\/report$/, { timeout: 20000 });
    await shows('Leaning far forward', 10000);
    await page.screenshot({ path: path.join(root, 'build/web/live-report.png'), fullPage: true });
    assert.deepEqual(complaints, []);
    await page.close();
    assert.equal(await ended, 0, program.said);
});
