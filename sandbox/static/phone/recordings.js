// Films, sounds and files the person can send: recorded or made here, or a file of this device.

/**
 * @typedef {{content: string, type: string, duration?: number}} Recording bytes in Base64, media type, milliseconds if known
 * @typedef {"audio"|"video"} Kind
 */

// LINE makes mp4 and m4a of everything; a browser that cannot record them has webm.
const TYPES = { audio: ["audio/mp4", "audio/webm"], video: ["video/mp4", "video/webm"] };
const FRAMES_PER_SECOND = 25;
const FILM_MS = 2000;
const CHIME = { seconds: 1.6, rate: 16_000, tones: [[0, 660], [0.5, 523]] };

/** Records a stream until it is told to stop. */
export class Recorder {
  /**
   * @param {MediaStream} stream
   * @param {Kind} kind
   */
  constructor(stream, kind) {
    this.stream = stream;
    const mimeType = TYPES[kind].find((type) => MediaRecorder.isTypeSupported(type));
    this.recorder = new MediaRecorder(stream, { mimeType });
    this.parts = [];
    this.recorder.addEventListener("dataavailable", (event) => this.parts.push(event.data));
    this.began = performance.now();
    this.recorder.start();
  }

  /** @returns {Promise<{file: Blob, duration: number}>} what was recorded, and for how many milliseconds */
  async stop() {
    const duration = Math.max(1, Math.round(performance.now() - this.began));
    const stopped = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
    this.recorder.stop();
    await stopped;
    this.release();
    return { file: new Blob(this.parts, { type: plainType(this.recorder.mimeType) }), duration };
  }

  /** Let go of camera or microphone. */
  release() {
    for (const track of this.stream.getTracks()) track.stop();
  }
}

/**
 * The microphone, recording.
 * @returns {Promise<Recorder|null>} null where there is none, or the reader does not want it
 */
export async function recordVoice() {
  if (!navigator.mediaDevices || !window.MediaRecorder) return null;
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
  return stream && new Recorder(stream, "audio");
}

/** Whether this browser can make the sample film. */
export function canMakeFilm() {
  return Boolean(window.MediaRecorder && HTMLCanvasElement.prototype.captureStream);
}

/** A short film, drawn and recorded while one waits. @returns {Promise<Recording>} */
export async function makeFilm() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  const pen = canvas.getContext("2d");
  drawCup(pen, 0);
  const recorder = new Recorder(canvas.captureStream(FRAMES_PER_SECOND), "video");
  const began = performance.now();
  while (performance.now() - began < FILM_MS) {
    await new Promise((resolve) => setTimeout(resolve, 1000 / FRAMES_PER_SECOND));
    drawCup(pen, (performance.now() - began) / 1000);
  }
  const { file, duration } = await recorder.stop();
  return asRecording(file, duration);
}

// A cup from above; the milk turns.
function drawCup(pen, seconds) {
  const { width, height } = pen.canvas;
  pen.fillStyle = "#c9a27a";
  pen.fillRect(0, 0, width, height);
  for (const [colour, radius] of [["#f3eee6", 104], ["#6d452b", 80], ["#a5764d", 72]]) disc(pen, colour, width / 2, height / 2, radius);
  for (let drop = 0; drop < 18; drop += 1) {
    const angle = seconds * 2 + drop / 3;
    disc(pen, "#f4e6d2", width / 2 + Math.cos(angle) * (60 - drop * 3), height / 2 + Math.sin(angle) * (60 - drop * 3), 12 - drop / 2);
  }
}

function disc(pen, colour, x, y, radius) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

/** A door chime as a WAV file. @returns {Blob} */
export function chime() {
  const { seconds, rate, tones } = CHIME;
  const count = seconds * rate;
  const view = new DataView(new ArrayBuffer(44 + 2 * count));
  wavHead(view, rate, 2 * count);
  for (let n = 0; n < count; n += 1) {
    const strength = tones.reduce((sum, [from, hertz]) => sum + ring(n / rate - from, hertz), 0);
    view.setInt16(44 + 2 * n, Math.round(9000 * strength), true);
  }
  return new Blob([view], { type: "audio/wav" });
}

function ring(time, hertz) {
  return time < 0 ? 0 : Math.sin(2 * Math.PI * hertz * time) * Math.exp(-3 * time);
}

// One channel of 16 bits, after the RIFF description of WAVE.
function wavHead(view, rate, bytes) {
  const letters = (place, text) => [...text].forEach((letter, n) => view.setUint8(place + n, letter.charCodeAt(0)));
  const numbers = [[4, 36 + bytes], [16, 16], [24, rate], [28, 2 * rate], [40, bytes]];
  for (const [place, text] of [[0, "RIFF"], [8, "WAVE"], [12, "fmt "], [36, "data"]]) letters(place, text);
  for (const [place, number] of numbers) view.setUint32(place, number, true);
  for (const [place, number] of [[20, 1], [22, 1], [32, 2], [34, 16]]) view.setUint16(place, number, true);
}

/**
 * @param {Blob} file
 * @param {number} [duration] in milliseconds, where it was measured
 * @returns {Promise<Recording>}
 */
export async function asRecording(file, duration) {
  const type = plainType(file.type);
  const recording = { content: await base64(file), type };
  const length = duration ?? (await durationOf(file, type.startsWith("video") ? "video" : "audio"));
  return length ? { ...recording, duration: length } : recording;
}

// Without "; codecs=…".
function plainType(type) {
  return type.split(";")[0];
}

function durationOf(file, tag) {
  const player = document.createElement(tag);
  const address = URL.createObjectURL(file);
  return new Promise((resolve) => {
    const tell = () => {
      URL.revokeObjectURL(address);
      resolve(Number.isFinite(player.duration) ? Math.max(1, Math.round(player.duration * 1000)) : undefined);
    };
    player.addEventListener("loadedmetadata", tell);
    player.addEventListener("error", tell);
    player.preload = "metadata";
    player.src = address;
  });
}

/** The bytes of a file in Base64. @param {Blob} file @returns {Promise<string>} */
export function base64(file) {
  const reader = new FileReader();
  return new Promise((resolve) => {
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.readAsDataURL(file);
  });
}
