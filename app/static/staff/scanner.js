// Reading codes with the camera of a phone or tablet, or from a photo. It knows nothing of what the codes mean.
//
// The page loads barcode-detector's ponyfill.js first (app/static/vendor), and its policy allows
// 'wasm-unsafe-eval' as a source of scripts and camera=(self) as a permission.

const LOOK_EVERY_MS = 120;
const CAMERA = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };

/** Why the camera cannot be used, by the names that browsers give (Media Capture and Streams, 10.2.2). */
const REASONS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "no_camera",
  OverconstrainedError: "no_camera",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** The camera cannot be used. `reason`: "denied", "no_camera", "busy", "insecure" or "other". */
export class NoCamera extends Error {
  /** @param {string} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * A reader of QR codes.
 * @param {string} wasm where the browser finds zxing_reader.wasm; its maker's default is another company's server
 * @returns {BarcodeDetector}
 */
function detector(wasm) {
  const { BarcodeDetector, prepareZXingModule } = window.BarcodeDetectionAPI;
  prepareZXingModule({ overrides: { locateFile: () => wasm } });
  return new BarcodeDetector({ formats: ["qr_code"] });
}

/** Looks at the camera several times a second and tells each code once. */
export class Scanner {
  /**
   * @param {HTMLVideoElement} video shows what the camera sees
   * @param {{wasm: string, found: function(string): void, cooldown?: number}} how `cooldown`: milliseconds in which
   *   the same code is not told again
   */
  constructor(video, { wasm, found, cooldown = 2500 }) {
    this.video = video;
    this.found = found;
    this.cooldown = cooldown;
    this.detector = detector(wasm);
    this.stream = null;
    this.last = { code: "", at: -Infinity };
    // Counts the starts, so that a loop of an earlier one ends.
    this.round = 0;
  }

  /** Start the camera; throws NoCamera. Starting what runs does nothing. */
  async start() {
    if (this.stream) return;
    const round = ++this.round;
    const stream = await openCamera();
    if (round !== this.round) {
      close(stream); // Stopped while the person was asked for permission.
      return;
    }
    this.stream = stream;
    Object.assign(this.video, { playsInline: true, muted: true, srcObject: stream });
    await this.video.play().catch(() => undefined);
    this.look(round);
  }

  /** Stop the camera; its light goes out. */
  stop() {
    this.round += 1;
    if (this.stream) close(this.stream);
    this.stream = null;
    this.video.srcObject = null;
  }

  /**
   * The code on a photo, or null. Throws NoCamera("other") for a file that is no picture.
   * @param {Blob} photo
   * @returns {Promise<?string>}
   */
  async read(photo) {
    const picture = await createImageBitmap(photo).catch(() => { throw new NoCamera("other"); });
    const [hit] = await this.detector.detect(picture);
    picture.close();
    return hit?.rawValue ?? null;
  }

  async look(round) {
    if (round !== this.round) return;
    const ready = this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    const [hit] = ready ? await this.detector.detect(this.video) : [];
    if (round !== this.round) return;
    if (hit) this.tell(hit.rawValue);
    setTimeout(() => this.look(round), LOOK_EVERY_MS);
  }

  tell(code) {
    const now = performance.now();
    const again = code === this.last.code && now - this.last.at < this.cooldown;
    // A code that stays in the picture is told once, however long it stays.
    this.last = { code, at: now };
    if (!again) this.found(code);
  }
}

async function openCamera() {
  if (!navigator.mediaDevices?.getUserMedia) throw new NoCamera("insecure");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: CAMERA });
  } catch (error) {
    throw new NoCamera(REASONS[error.name] || "other");
  }
}

function close(stream) {
  for (const track of stream.getTracks()) track.stop();
}
