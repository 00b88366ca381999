// Pictures the person can send: samples drawn here, or a file of this device made small enough for a chat.

/**
 * @typedef {{content: string, type: string}} Photo the bytes in Base64 and their media type
 * @typedef {{name: {ja: string, en: string}, address: string, photo: Photo}} Sample
 */

const LONGEST_SIDE = 1280;
const TYPE = "image/jpeg";
const QUALITY = 0.85;

const DRAWINGS = [
  { name: { ja: "カフェラテ", en: "Caffè latte" }, draw: drawLatte },
  { name: { ja: "レシート", en: "Receipt" }, draw: drawReceipt },
  { name: { ja: "夕方の街", en: "Town at dusk" }, draw: drawTown },
];

/** @returns {Sample[]} */
export function samplePhotos() {
  return DRAWINGS.map(({ name, draw }) => {
    const canvas = newCanvas(640, 480);
    draw(canvas.getContext("2d"));
    const address = canvas.toDataURL(TYPE, QUALITY);
    return { name, address, photo: asPhoto(address) };
  });
}

/**
 * A picture file as a JPEG.
 * @param {File} file
 * @param {number} [longest] side in px
 * @returns {Promise<Photo|null>} null when the browser cannot read it
 */
export async function readPhoto(file, longest = LONGEST_SIDE) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = newCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return asPhoto(canvas.toDataURL(TYPE, QUALITY));
}

function newCanvas(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

function asPhoto(dataAddress) {
  return { content: dataAddress.slice(dataAddress.indexOf(",") + 1), type: TYPE };
}

function fill(pen, colour, ...shape) {
  pen.fillStyle = colour;
  pen.fillRect(...shape);
}

function disc(pen, colour, x, y, radius) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function drawLatte(pen) {
  fill(pen, "#c9a27a", 0, 0, 640, 480);
  for (let y = 40; y < 480; y += 80) fill(pen, "#bd946a", 0, y, 640, 6);
  disc(pen, "#f3eee6", 320, 240, 205);
  disc(pen, "#e2d8ca", 320, 240, 160);
  disc(pen, "#6d452b", 320, 240, 136);
  disc(pen, "#a5764d", 320, 240, 124);
  disc(pen, "#f4e6d2", 286, 214, 42);
  disc(pen, "#f4e6d2", 354, 214, 42);
  pen.beginPath();
  pen.moveTo(250, 236);
  pen.lineTo(390, 236);
  pen.lineTo(320, 320);
  pen.fill();
}

function drawReceipt(pen) {
  fill(pen, "#7d8a93", 0, 0, 640, 480);
  fill(pen, "#fbfaf6", 190, 24, 260, 432);
  pen.fillStyle = "#33383c";
  pen.textAlign = "center";
  pen.font = "bold 26px sans-serif";
  pen.fillText("領収書", 320, 76);
  for (let y = 118; y < 300; y += 34) {
    fill(pen, "#9aa2a8", 222, y, 110, 8);
    fill(pen, "#9aa2a8", 372, y, 46, 8);
  }
  fill(pen, "#33383c", 222, 318, 196, 3);
  pen.fillStyle = "#33383c";
  pen.font = "bold 30px sans-serif";
  pen.fillText("¥1,280", 320, 372);
}

function drawTown(pen) {
  const sky = pen.createLinearGradient(0, 0, 0, 480);
  sky.addColorStop(0, "#3d4a8a");
  sky.addColorStop(0.7, "#e58f6f");
  sky.addColorStop(1, "#f6cf8d");
  fill(pen, sky, 0, 0, 640, 480);
  disc(pen, "#fbe3b0", 450, 330, 46);
  for (const [x, y, width] of [[0, 300, 120], [110, 250, 90], [210, 330, 130], [350, 280, 80], [430, 360, 110], [540, 300, 100]]) {
    fill(pen, "#2c2a45", x, y, width, 480 - y);
    for (let windowY = y + 20; windowY < 460; windowY += 36) fill(pen, "#f3c46c", x + width / 2 - 8, windowY, 14, 16);
  }
}
