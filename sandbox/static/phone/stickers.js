// Stickers. LINE's artwork is not ours to show, so each id gets a little face of its own and its ids in words.

import { hashOf } from "./avatar.js";
import { el } from "./dom.js";
import { svgNode } from "./icons.js";
import { t } from "./words.js";

/** Ids from LINE's list of stickers that bots may send. */
export const STICKERS = [
  ["446", "1988"], ["446", "1989"], ["446", "1990"], ["446", "1993"],
  ["446", "2003"], ["446", "2005"], ["789", "10855"], ["789", "10856"],
  ["789", "10858"], ["789", "10861"], ["6325", "10979904"], ["6325", "10979913"],
].map(([packageId, stickerId]) => ({ packageId, stickerId }));

const SKINS = ["#f6c667", "#f2a488", "#9fc9a5", "#a9b8ea", "#e3a7cf", "#8fc7d3"];
const EYES = ["M22 27v4M42 27v4", "M19 30c2-4 5-4 7 0M38 30c2-4 5-4 7 0", "M19 28l6 3M45 28l-6 3", "M22 29h.01M42 29h.01"];
const MOUTHS = ["M23 40c5 6 13 6 18 0", "M24 39c4 9 12 9 16 0z", "M27 42h10", "M28 40a4 4 0 1 0 8 0a4 4 0 1 0-8 0"];
const EARS = ["M16 16l2 9 7-5zM48 16l-2 9-7-5z", "M32 10v-6M32 4h4", "M20 14c-6-8 2-12 4-3M44 14c6-8-2-12-4-3"];

/**
 * The drawn face of a sticker.
 * @param {string} id
 * @returns {SVGElement}
 */
export function stickerFace(id) {
  const hash = hashOf(id);
  const pick = (list, step) => list[Math.floor(hash / step) % list.length];
  const line = { fill: "none", stroke: "#3a2f2a", "stroke-width": 2.6, "stroke-linecap": "round", "stroke-linejoin": "round" };
  const svg = svgNode("svg", { viewBox: "0 0 64 64", class: "sticker-face", "aria-hidden": "true" });
  const skin = pick(SKINS, 1);
  svg.append(
    svgNode("path", { ...line, fill: skin, d: pick(EARS, 7) }),
    svgNode("circle", { ...line, fill: skin, cx: 32, cy: 34, r: 22 }),
    svgNode("path", { ...line, "stroke-width": 3.4, d: pick(EYES, 11) }),
    svgNode("path", { ...line, d: pick(MOUTHS, 3) }),
    svgNode("path", { stroke: "#d9574a", "stroke-opacity": 0.45, "stroke-width": 5, "stroke-linecap": "round", d: "M17 37h2M45 37h2" }),
  );
  return svg;
}

/**
 * A sticker message.
 * @param {{packageId: string, stickerId: string}} message
 * @returns {HTMLElement}
 */
export function stickerTile(message) {
  const ids = `${message.packageId} / ${message.stickerId}`;
  return el("div", { class: "sticker", role: "img", "aria-label": `${t("kind.sticker")} ${ids}` },
    stickerFace(`${message.packageId}/${message.stickerId}`),
    el("small", { class: "sticker-ids", text: ids, "aria-hidden": "true" }));
}
