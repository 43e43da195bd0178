/* What the report can do where scripts run; without them it is complete. */
(() => {
    'use strict';
    const NS = 'http://www.w3.org/2000/svg', LEFT = 38, RIGHT = 352, TOP = 12, BOTTOM = 186;

    /* The angles of both feet under the pointer. */
    for (const chart of document.querySelectorAll('svg.cycle')) {
        const readout = chart.parentElement.querySelector('.readout'), said = readout.textContent;
        const line = document.createElementNS(NS, 'path');
        line.setAttribute('class', 'cursor');
        chart.append(line);
        const read = (event) => {
            const box = chart.getBoundingClientRect();
            const x = (event.clientX - box.left) / box.width * 360;
            const pct = Math.round(Math.min(Math.max((x - LEFT) / (RIGHT - LEFT), 0), 1) * 100);
            line.setAttribute('d', `M${LEFT + pct / 100 * (RIGHT - LEFT)} ${TOP}V${BOTTOM}`);
            const parts = ['left', 'right'].filter((side) => chart.dataset[side]).map((side) => {
                const value = chart.dataset[side].split(' ')[pct];
                return `${side} ${value === 'x' ? '–' : `${value.replace('-', '−')}°`}`;
            });
            readout.textContent = `At ${pct} %: ${parts.join(', ')}`;
        };
        chart.addEventListener('pointermove', read);
        chart.addEventListener('pointerdown', read);
        chart.addEventListener('pointerleave', () => {
            line.removeAttribute('d');
            readout.textContent = said;
        });
    }

    /* Moments open the annotated clip in a corner, where it lies beside this page. */
    let player = null;
    function show(link) {
        if (!player) {
            player = document.createElement('div');
            player.id = 'player';
            const close = document.createElement('button');
            close.type = 'button';
            close.textContent = '×';
            close.setAttribute('aria-label', 'Close the clip');
            close.addEventListener('click', () => { player.remove(); player = null; link.focus(); });
            const video = document.createElement('video');
            video.controls = video.muted = video.playsInline = true;
            video.addEventListener('error', () => {
                const words = document.createElement('p');
                words.textContent = 'The clip does not lie beside this page.';
                video.replaceWith(words);
            });
            player.append(close, video);
            document.body.append(player);
        }
        const video = player.querySelector('video'), [file, time] = link.getAttribute('href').split('#t=');
        if (!video)
            return;
        const seek = () => { if (time) video.currentTime = Number(time); };
        if (video.getAttribute('src') !== file) {
            video.src = file;
            video.addEventListener('loadedmetadata', seek, { once: true });
        } else {
            video.pause();
            seek();
        }
    }
    for (const link of document.querySelectorAll('a.moment'))
        link.addEventListener('click', (event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey)
                return;
            event.preventDefault();
            show(link);
        });

    addEventListener('keydown', (event) => {
        if (event.key === 'Escape')
            player?.querySelector('button').click();
    });
})();
