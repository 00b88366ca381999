// A sound for each outcome, so that a clerk need not look: rising for yes, falling or buzzing for no.

const TUNES = {
  good: [[880, 0.09], [1320, 0.14]],
  done: [[1320, 0.1]],
  order: [[784, 0.14], [1047, 0.14], [1319, 0.14], [1047, 0.14], [1319, 0.3]],
  qr_expired: [[660, 0.12], [440, 0.22]],
  qr_used: [[440, 0.12], [440, 0.12], [440, 0.2]],
  qr_unknown: [[220, 0.4]],
  qr_other_account: [[520, 0.12], [390, 0.12], [520, 0.22]],
  member_suspended: [[300, 0.18], [200, 0.36]],
  other: [[260, 0.3]],
};

let device = null;

/** Let sounds be heard; browsers ask for a touch before the first one. */
export function allowSounds() {
  device ??= new AudioContext();
  device.resume();
}

/**
 * Play the tune of an outcome.
 * @param {string} outcome "good", "done" or the code of a refusal
 */
export function play(outcome) {
  if (!device) return;
  let at = device.currentTime;
  for (const [pitch, seconds] of TUNES[outcome] || TUNES.other) {
    beep(pitch, at, seconds);
    at += seconds + 0.03;
  }
}

function beep(pitch, at, seconds) {
  const tone = device.createOscillator();
  const volume = device.createGain();
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.18, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + seconds);
  tone.connect(volume).connect(device.destination);
  tone.start(at);
  tone.stop(at + seconds);
}
