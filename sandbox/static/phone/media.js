// Pictures, films, sounds, places and files.

import { el, imageUrl, mediaUrl } from "./dom.js";
import { icon } from "./icons.js";
import { film, sound } from "./players.js";
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

function missing(iconName = "photo", words = t("kind.image_missing")) {
  return el("div", { class: "tile" }, icon(iconName, 28), el("span", { text: words }));
}

/**
 * A film; where its sender follows it, its end is told as an action of our own.
 * @param {Object} message
 * @param {function(Object): void} onAction
 * @returns {HTMLElement}
 */
export function video(message, onAction) {
  const address = message.originalContentUrl;
  // What a person has sent has no picture beside it.
  const picture = message.previewImageUrl === address ? null : message.previewImageUrl;
  const { node, video: player } = film({ address, picture, class: "video" });
  player.addEventListener("error", () => node.replaceWith(missing("film", t("kind.video_missing"))), { once: true });
  if (message.trackingId) player.addEventListener("ended", () => onAction({ type: "videoEnded" }));
  return node;
}

/** @param {Object} message @returns {HTMLElement} */
export function audio(message) {
  return sound({ address: mediaUrl(message.originalContentUrl), duration: message.duration });
}

/** A file, to be saved with a tap. @param {Object} message @returns {HTMLElement} */
export function file(message) {
  const name = message.fileName || t("kind.file");
  return el("a", { class: "file", href: mediaUrl(message.originalContentUrl), download: name }, icon("file", 28),
    el("span", {}, el("b", { text: name }), el("small", { text: weight(message.fileSize || 0) })));
}

function weight(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
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
