// Round pictures of people and accounts: their own picture, or the first letter on a colour of their own.

import { el, imageUrl } from "./dom.js";

// White text on each of these has a contrast of at least 4.5:1.
const COLOURS = ["#3b4aa8", "#a8443f", "#2b6f6b", "#8a5a12", "#7a3f8f", "#356b2e", "#9a3b6b", "#47617d"];

/**
 * A small stable number for a text, the same on every visit.
 * @param {string} text
 */
export function hashOf(text) {
  // FNV-1a, with a last mixing step because only a few bits of it are used.
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 7;
}

/**
 * @param {{name: string, picture?: string|null}} who
 * @param {"small"|"medium"|"large"} [size]
 * @returns {HTMLElement}
 */
export function avatar(who, size = "medium") {
  const node = el("span", { class: `avatar avatar-${size}`, "aria-hidden": "true" });
  const picture = imageUrl(who.picture);
  if (picture) showPicture(node, picture, who.name);
  else showInitial(node, who.name);
  return node;
}

function showPicture(node, picture, name) {
  const image = el("img", { src: picture, alt: "" });
  image.addEventListener("error", () => {
    image.remove();
    showInitial(node, name);
  });
  node.append(image);
}

function showInitial(node, name) {
  const [first = "?"] = name.trim();
  node.textContent = first.toUpperCase();
  node.style.backgroundColor = COLOURS[hashOf(name) % COLOURS.length];
}
