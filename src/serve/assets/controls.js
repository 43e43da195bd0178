/* What the runner tells the program: speed, incline, pause, stop. Shown at once, sent when the
 * fingers rest, true when the program's status says so. */

const CONFIRM_MS = 3000; /* without a confirming status what the program says counts again */
const HOLD_MS = 400, REPEAT_MS = 130;
/* Several presses are one change of the belt, not several; longer than a hold takes to repeat. */
const SETTLE_MS = HOLD_MS + 200;
const ARMED_MS = 3000;

async function post(command, onRefused) {
    let why;
    try {
        const response = await fetch('/command', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(command),
        });
        if (response.ok)
            return true;
        why = (await response.json().catch(() => null))?.error;
    } catch {
        why = 'The program cannot be reached. Is it still running?';
    }
    onRefused(why || 'The program did not take that.');
    return false;
}

/** A value with − and + beside it; the value itself can be typed.
 *  @param field  its name in commands and status; range, press = what a button adds */
export function createStepper(host, { field, title, unit, press, low, high, onRefused }) {
    host.innerHTML =
        `<button class="step" type="button" aria-label="${title} down by ${press}">−</button>` +
        '<div class="middle"><button class="entry" type="button"><b></b> <small></small></button>' +
        `<input inputmode="decimal" autocomplete="off" maxlength="5" aria-label="${title} in ${unit === '%' ? 'percent' : unit}" hidden></div>` +
        `<button class="step" type="button" aria-label="${title} up by ${press}">+</button>`;
    const [down, up] = host.querySelectorAll('.step');
    const entry = host.querySelector('.entry'), input = host.querySelector('input');
    const figure = entry.querySelector('b');
    entry.querySelector('small').textContent = unit;
    let confirmed = null, wanted = null, timer = 0, giveUp = 0;

    const value = () => wanted ?? confirmed;
    const show = () => {
        const text = value() === null ? '–' : value().toFixed(1).replace('-', '−');
        if (figure.textContent !== text) {
            figure.textContent = text;
            entry.setAttribute('aria-label', value() === null ? `${title}: not set, press to type it`
                : `${title}: ${text} ${unit}, press to type another`);
        }
        host.dataset.pending = wanted === null ? 'no' : 'yes';
    };
    const forget = () => {
        clearTimeout(giveUp);
        wanted = null;
        show();
    };
    const send = async () => {
        timer = 0;
        if (!await post({ [field]: wanted }, onRefused))
            forget();
        else
            giveUp = setTimeout(forget, CONFIRM_MS);
    };
    const set = (v) => {
        clearTimeout(timer);
        clearTimeout(giveUp);
        wanted = Math.round(10 * Math.min(high, Math.max(low, v))) / 10;
        show();
        timer = setTimeout(send, SETTLE_MS);
    };
    const add = (amount) => {
        /* nothing to add to: ask, do not guess */
        if (value() === null)
            type();
        else
            set(value() + amount);
    };

    const type = () => {
        entry.hidden = true;
        input.hidden = false;
        input.value = value() === null ? '' : value().toFixed(1);
        input.focus();
        input.select();
    };
    const typed = (isTaken) => {
        if (input.hidden)
            return;
        const hadFocus = document.activeElement === input, v = Number(input.value.replace(',', '.'));
        input.hidden = true;
        entry.hidden = false;
        if (hadFocus)
            entry.focus();
        if (!isTaken || input.value.trim() === '')
            return;
        if (Number.isFinite(v) && v >= low && v <= high)
            set(v);
        else
            onRefused(`${title} is a number from ${low} to ${high} ${unit}.`);
    };
    entry.addEventListener('click', type);
    input.addEventListener('blur', () => typed(true));
    input.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' || event.key === 'Escape') {
            event.preventDefault();
            typed(event.key === 'Enter');
        }
        event.stopPropagation();
    });
    for (const [button, sign] of [[down, -1], [up, 1]])
        onHold(button, () => add(sign * press));
    show();

    return {
        add,
        /** What was pressed and has not been sent yet, as a part of a command; it is the caller's now. */
        take() {
            if (!timer)
                return {};
            clearTimeout(timer);
            timer = 0;
            giveUp = setTimeout(forget, CONFIRM_MS);
            return { [field]: wanted };
        },
        confirm(v) {
            confirmed = v;
            if (wanted !== null && !timer && v !== null && Math.abs(v - wanted) < 0.05)
                forget();
            else
                show();
        },
    };
}

/* Once when pressed, again and again when held. A click without a pointer is the keyboard's. */
function onHold(button, act) {
    let timer = 0;
    const end = () => {
        clearTimeout(timer);
        timer = 0;
    };
    button.addEventListener('pointerdown', (event) => {
        if (event.button !== 0)
            return;
        act();
        const again = () => {
            act();
            timer = setTimeout(again, REPEAT_MS);
        };
        timer = setTimeout(again, HOLD_MS);
    });
    for (const type of ['pointerup', 'pointerleave', 'pointercancel', 'blur'])
        button.addEventListener(type, end);
    button.addEventListener('contextmenu', (event) => event.preventDefault());
    button.addEventListener('click', (event) => {
        if (event.detail === 0)
            act();
    });
}

/** Pause and go on. */
export function createPause(button, onRefused) {
    const text = button.querySelector('span'), icon = button.querySelector('use');
    let isPaused = false, isWanted = null, giveUp = 0;
    const show = () => {
        const paused = isWanted ?? isPaused;
        text.textContent = paused ? 'Go on' : 'Pause';
        icon.setAttribute('href', paused ? '#i-play' : '#i-pause');
    };
    const toggle = async () => {
        clearTimeout(giveUp);
        isWanted = !(isWanted ?? isPaused);
        show();
        const mine = isWanted, isTaken = await post({ pause: mine }, onRefused);
        const forget = () => {
            isWanted = null;
            show();
        };
        if (!isTaken)
            forget();
        else if (isWanted === mine)
            giveUp = setTimeout(forget, CONFIRM_MS);
    };
    button.addEventListener('click', toggle);
    return {
        toggle,
        confirm(paused) {
            isPaused = paused;
            if (isWanted === paused) {
                clearTimeout(giveUp);
                isWanted = null;
            }
            show();
        },
    };
}

/** Stop: the first press asks for a second, which does it within three seconds.
 *  @param unsent  () => what else the command has to say: after it nothing is taken any more */
export function createStop(button, text, unsent, onRefused) {
    let timer = 0;
    const disarm = () => {
        clearTimeout(timer);
        timer = 0;
        button.dataset.armed = 'no';
        text.textContent = 'Stop';
    };
    button.addEventListener('click', () => {
        if (timer) {
            disarm();
            post({ ...unsent(), stop: true }, onRefused);
            return;
        }
        button.dataset.armed = 'yes';
        text.textContent = 'Press again';
        timer = setTimeout(disarm, ARMED_MS);
    });
    return { disarm };
}

/** @param acts  {speed(amount), incline(amount), pause(), help()} */
export function listenToKeys(acts) {
    document.addEventListener('keydown', (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]'))
            return;
        const on = event.target, isField = on.matches('input, select, textarea');
        if (isField || (event.key === ' ' && on.matches('button, a, summary')))
            return;
        const speed = event.shiftKey ? 1 : 0.1;
        const act = {
            ArrowUp: () => acts.speed(speed),
            ArrowDown: () => acts.speed(-speed),
            ArrowRight: () => acts.incline(0.5),
            ArrowLeft: () => acts.incline(-0.5),
            ' ': () => event.repeat || acts.pause(),
            '?': acts.help,
        }[event.key];
        if (!act)
            return;
        event.preventDefault();
        act();
    });
}
