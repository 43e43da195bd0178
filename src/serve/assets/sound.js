/* A cue for the ear. Off until the user chooses; the choice is the gesture browsers ask for. */

let mode = 'off';
let audio = null;
let spoken = '';

export function setSound(to) {
    mode = to;
    spoken = '';
    if (mode === 'tone') {
        audio ??= new AudioContext();
        audio.resume();
        tone(1);
    } else if (mode === 'speech') {
        say('Spoken cues on');
    } else {
        window.speechSynthesis?.cancel();
    }
}

/** A cue is on show; heard once each time it appears or gets stronger. */
export function soundCue(cue) {
    const now = cue ? `${cue.fault} ${cue.level}` : '';
    if (now === spoken)
        return;
    spoken = now;
    if (!cue)
        return;
    if (mode === 'tone')
        tone(cue.level);
    else if (mode === 'speech')
        say(cue.text);
}

function say(text) {
    if (!('speechSynthesis' in window))
        return;
    speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(text);
    words.lang = 'en';
    speechSynthesis.speak(words);
}

/* One soft note a level. */
function tone(level) {
    for (let i = 0; i < level; i++) {
        const at = audio.currentTime + 0.05 + 0.22 * i;
        const note = audio.createOscillator(), volume = audio.createGain();
        note.frequency.value = 660;
        volume.gain.setValueAtTime(0, at);
        volume.gain.linearRampToValueAtTime(0.25, at + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
        note.connect(volume).connect(audio.destination);
        note.start(at);
        note.stop(at + 0.22);
    }
}
