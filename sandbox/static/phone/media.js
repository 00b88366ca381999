// Pictures, films, sounds, places and files.

import { el, imageUrl, mediaUrl } from "./dom.js";
import { icon } from "./icons.js";
import { openSheet } from "./sheets.js";
import { t } from "./words.js";

/**
 * A picture; a tap shows it large.
 * @param {Object} message
 * @returns {HTMLElement}
 */
export function image(message) {
  const [small, large] = addresses(message);
  if (!small) return missing();
  const picture = el("img", { src: small, alt: t("kind.image") });
  const node = el("button", {
    class: "photo", type: "button", "aria-label": t("kind.image_open"), on: { click: () => enlarge(large) },
  }, picture);
  picture.addEventListener("error", () => node.replaceWith(missing()));
  return node;
}

function addresses(message) {
  const provider = message.contentProvider || {};
  const large = imageUrl(message.originalContentUrl) || imageUrl(provider.originalContentUrl);
  const small = imageUrl(message.previewImageUrl) || imageUrl(provider.previewImageUrl);
  return [small || large, large || small];
}

function enlarge(address) {
  openSheet(t("kind.image"), [el("img", { class: "photo-large", src: address, alt: t("kind.image") })], { kind: "viewer" });
}

function missing() {
  return el("div", { class: "tile" }, icon("photo", 28), el("span", { text: t("kind.image_missing") }));
}

/**
 * A film; where its sender follows it, its end is told as an action of our own.
 * @param {Object} message
 * @param {function(Object): void} onAction
 * @returns {HTMLElement}
 */
export function video(message, onAction) {
  const node = el("video", {
    class: "video", controls: true, preload: "none", playsinline: true, "aria-label": t("kind.video"),
    src: mediaUrl(message.originalContentUrl), poster: imageUrl(message.previewImageUrl),
  });
  if (message.trackingId) node.addEventListener("ended", () => onAction({ type: "videoEnded" }));
  return node;
}

/** @param {Object} message @returns {HTMLElement} */
export function audio(message) {
  const seconds = Math.round((message.duration || 0) / 1000);
  const length = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const player = el("audio", {
    controls: true, preload: "none", "aria-label": t("kind.audio"), src: mediaUrl(message.originalContentUrl),
  });
  return el("div", { class: "audio" }, el("span", { class: "audio-head" }, icon("wave", 20), length), player);
}

/** @param {Object} message @returns {HTMLElement} */
export function file(message) {
  const name = message.fileName || t("kind.file");
  return el("div", { class: "file" }, icon("file", 28), el("span", { text: name }));
}

/** @param {Object} message @returns {HTMLElement} */
export function location(message) {
  const { latitude, longitude } = message;
  const map = `https://www.openstreetmap.org/?mlat=${Number(latitude)}&mlon=${Number(longitude)}&zoom=17`;
  return el("div", { class: "card place" },
    el("div", { class: "place-map", "aria-hidden": "true" }, icon("pin", 36)),
    el("div", { class: "place-text" },
      el("b", { text: message.title || t("kind.location") }),
      message.address ? el("span", { text: message.address }) : null,
      el("a", { class: "card-action", href: map, target: "_blank", rel: "noopener noreferrer", text: t("kind.map") })));
}
