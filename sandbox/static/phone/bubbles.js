// One LINE message as the body of a chat row: looks up the kind and draws it.

import { coupon } from "./coupons.js";
import { el } from "./dom.js";
import { renderFlex } from "./flex.js";
import { imagemap } from "./imagemap.js";
import { icon } from "./icons.js";
import { audio, file, image, location, video } from "./media.js";
import { stickerTile } from "./stickers.js";
import { template } from "./templates.js";
import { textBody, textV2Body } from "./text.js";
import { t } from "./words.js";

/** @typedef {function(Object): void} OnAction called with a LINE action object */

/**
 * Kinds of message; `plain` ones stand without a bubble around them, `wide` ones take the whole row.
 * @type {Object<string, {draw: function(Object, OnAction): HTMLElement, plain?: boolean, wide?: boolean}>}
 */
const KINDS = {
  text: { draw: textBody },
  textV2: { draw: textV2Body },
  sticker: { draw: stickerTile, plain: true },
  image: { draw: image, plain: true },
  video: { draw: video, plain: true },
  audio: { draw: audio },
  file: { draw: file },
  location: { draw: location, plain: true },
  template: { draw: template, plain: true, wide: true },
  flex: { draw: (message, onAction) => renderFlex(message.contents, onAction), plain: true, wide: true },
  imagemap: { draw: imagemap, plain: true, wide: true },
  coupon: { draw: coupon, plain: true },
};

/**
 * Draw a message.
 * @param {Object} message LINE's message object
 * @param {OnAction} onAction
 * @returns {{node: HTMLElement, plain: boolean, wide: boolean}}
 */
export function drawMessage(message, onAction) {
  const kind = Object.hasOwn(KINDS, message.type) ? KINDS[message.type] : { draw: unknown, plain: true };
  return { node: kind.draw(message, onAction), plain: Boolean(kind.plain), wide: Boolean(kind.wide) };
}

/**
 * One line that stands for a message in the list of talks.
 * @param {Object} message
 */
export function summary(message) {
  if (typeof message.text === "string") return message.text;
  if (typeof message.altText === "string") return message.altText;
  const key = `kind.${message.type}`;
  return t(key) === key ? message.type : t(key);
}

function unknown(message) {
  return el("div", { class: "tile" }, icon("shapes", 28),
    el("span", {}, el("b", { text: String(message.type) }), el("small", { text: message.altText || t("kind.unknown") })));
}
