/* Pictures of every state of the page, for looking at: build/web/STATE-DEVICE-SCHEME.png.
 *     node tests/web/look.js [part of a name] */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startMock } from './mock.js';

const out = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../build/web');
const DEVICES = { phone: [390, 844, 2], tablet: [820, 1180, 1], laptop: [1280, 800, 1] };
const STATES = {
    setup: ['setup'], ready: ['ready'], running: ['running'], cue: ['cue', 312, 2, true], cue1: ['cue', 312, 3],
    behind: ['behind'], lost: ['lost'],
};
const wanted = process.argv[2] ?? '';

mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const [device, [width, height, deviceScaleFactor]] of Object.entries(DEVICES))
    for (const colorScheme of ['dark', 'light']) {
        const mock = await startMock({ isWide: device === 'laptop' });
        for (const [state, scene] of Object.entries(STATES)) {
            const name = `${state}-${device}-${colorScheme}`;
            if (!name.includes(wanted))
                continue;
            mock.forget();
            if (['behind', 'lost'].includes(state))
                mock.say('running');
            mock.say(...scene);
            const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor, colorScheme });
            await page.goto(mock.url);
            await page.waitForTimeout(900);
            await page.screenshot({ path: path.join(out, `${name}.png`) });
            await page.close();
            console.log(name);
        }
        await mock.close();
    }
await browser.close();
