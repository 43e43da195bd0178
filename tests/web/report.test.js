/* report.html as analyze writes it, in a browser, from the disk. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SAMPLE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../samples/runner_left.mp4');
const RULES = `version: 1
rules:
` + [['trunk_forward', 'trunk_lean_deg', '[0, 1], high: [2, 3, 90]'],
     ['knee_sitting', 'knee_flexion_contact_deg', '[0, 4], high: [5, 90]'],
     ['bounce', 'vertical_oscillation_cm', '[1, 3], high: [4]']].map(([id, measure, range]) => `  - id: ${id}
    title: Strict <b>${id}</b>
    view: [side]
    side: both
    phase: midstance
    parts:
      - {measure: ${measure}, usual: ${range}, hysteresis: 0.5}
    min_steps: 3
    dwell_s: 1
    source: convention
    cue: Run
    meaning: A meaning.
    why: A reason.
    advice: An advice.
`).join('');
const LARGEST_BYTES = 1.5e6, MOST_PAGES = 6;

let browser, dir, file, compared;
before(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'treadscope-report-'));
    file = path.join(dir, 'report.html');
    /* The sample runs well; by these rules it does not, so that there is something to work on. */
    writeFileSync(path.join(dir, 'strict.yaml'), RULES);
    execFileSync(process.env.TREADSCOPE, ['analyze', SAMPLE, '--model', 'lite', '--speed', '11', '--rules',
        path.join(dir, 'strict.yaml'), '--out', dir, '--format', 'html,video'], { stdio: 'ignore' });
    const other = path.join(dir, 'another clip.mp4');
    copyFileSync(SAMPLE, other);
    execFileSync(process.env.TREADSCOPE, ['analyze', SAMPLE, other, '--model', 'lite', '--to', '4', '--out',
        path.join(dir, 'compared'), '--format', 'html'], { stdio: 'ignore' });
    compared = path.join(dir, 'compared', 'index.html');
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});
after(async () => {
    await browser?.close();
    rmSync(dir, { recursive: true, force: true });
});

/* A page that fails the test if it complains or asks for anything but itself. */
async function open(options = {}, what = file) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (m) => ['error', 'warning'].includes(m.type()) && complaints.push(m.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (r) => r.url() !== pathToFileURL(what).href && !r.url().startsWith('data:') && complaints.push(`asked ${r.url().slice(0, 80)}`));
    await page.goto(pathToFileURL(what).href);
    return { page, close: async () => {
        await context.close();
        assert.deepEqual(complaints, []);
    } };
}

test('small enough to mail', () => {
    assert.ok(statSync(file).size < LARGEST_BYTES, `${statSync(file).size} bytes`);
});

test('it has all its parts, without scripts too', async () => {
    for (const javaScriptEnabled of [true, false]) {
        const { page, close } = await open({ javaScriptEnabled });
        const sections = ['frames', 'measures', 'curves', 'strikes', 'sides', 'drift', 'quality'];
        for (const id of sections)
            assert.ok(await page.locator(`#${id}`).isVisible(), id);
        assert.ok((await page.locator('h1').innerText()).length > 5);
        assert.equal(await page.locator('.key img').count(), 6);
        assert.equal(await page.locator('.fault.has-picture').count(), 2);
        assert.match(await page.locator('.fault h3').first().innerText(), /^Strict <b>(trunk_forward|knee_sitting)<\/b>$/);
        assert.equal(await page.locator('.tracks li').count(), 3);
        assert.equal(await page.locator('svg.cycle').count(), 4);
        assert.ok(await page.locator('.measures tbody tr:not(.part)').count() > 30);
        if (javaScriptEnabled)
            assert.equal(await page.evaluate(() => [...document.images].every((i) => i.complete && i.naturalWidth > 100)), true);
        await close();
    }
});

for (const colorScheme of ['light', 'dark'])
    test(`nothing serious to axe, ${colorScheme}`, async () => {
        /* axe comes from outside, which the page's own policy forbids */
        const { page, close } = await open({ colorScheme, bypassCSP: true });
        await page.evaluate(AXE);
        const { violations } = await page.evaluate(() => window.axe.run());
        const grave = violations.filter((v) => ['serious', 'critical'].includes(v.impact));
        assert.deepEqual(grave.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 120)} (${v.nodes.length})`), []);
        await close();
    });

test('no sideways scrolling on phone, tablet and laptop', async () => {
    for (const width of [390, 820, 1280]) {
        const { page, close } = await open({ viewport: { width, height: 844 } });
        await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width, `${width} px`);
        await close();
    }
});

test('the stride can be read off, and a moment opens the clip beside', async () => {
    const { page } = await open(); /* the clip is asked for, on purpose */
    const chart = page.locator('svg.cycle').first();
    await chart.scrollIntoViewIfNeeded();
    await chart.hover();
    assert.match(await page.locator('.readout').first().innerText(), /^At \d+ %: left −?\d+°, right −?\d+°$/);
    await page.locator('.key a.moment').first().click();
    await page.waitForFunction(() => document.querySelector('#player video')?.readyState >= 1, null, { timeout: 10000 });
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#player').count(), 0);
    await page.context().close();
});

test('a few sheets of paper', async () => {
    const { page, close } = await open();
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const pages = pdf.match(/\/Type\s*\/Page\b/g).length;
    assert.ok(pages <= MOST_PAGES, `${pages} pages`);
    await close();
});

test('clips side by side: whole, sound to axe, no wider than the screen, and their reports open', async () => {
    for (const [width, colorScheme] of [[390, 'light'], [1280, 'dark']]) {
        const { page, close } = await open({ viewport: { width, height: 844 }, colorScheme, bypassCSP: true }, compared);
        assert.equal(await page.locator('.clip').count(), 2);
        assert.equal(await page.locator('.clip img').count(), 2);
        assert.ok(await page.locator('.many tbody tr:not(.part)').count() > 20);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width, `${width} px`);
        await page.evaluate(AXE);
        const { violations } = await page.evaluate(() => window.axe.run());
        const grave = violations.filter((v) => ['serious', 'critical'].includes(v.impact));
        assert.deepEqual(grave.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 120)} (${v.nodes.length})`), []);
        await close();
    }
    const { page } = await open({}, compared);
    await page.getByRole('link', { name: 'another clip.mp4' }).click();
    await page.waitForURL(/another%20clip\.mp4\.treadscope\/report\.html$/);
    assert.ok((await page.locator('h1').innerText()).length > 5);
    await page.context().close();
});
