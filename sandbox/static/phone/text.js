// Text messages: line breaks as typed, addresses as links, LINE's own emojis as small signs.

import { el } from "./dom.js";
import { currentPerson } from "./state.js";
import { stickerFace } from "./stickers.js";
import { t } from "./words.js";

// An address ends at a space, at Japanese punctuation or at a closing bracket, and not on a full stop.
const ADDRESS = /https?:\/\/[^\s<>"'「」『』()()、。]+[^\s<>"'「」『』()()、。.,!?:;]/g;

/**
 * @param {{text: string, emojis?: {index: number, emojiId: string}[]}} message
 * @returns {HTMLElement}
 */
export function textBody(message) {
  const node = el("div", { class: "text" });
  for (const piece of cutAtEmojis(message.text ?? "", message.emojis || [])) {
    node.append(...(typeof piece === "string" ? linkify(piece) : [emojiSign(piece)]));
  }
  return node;
}

/**
 * `{key}` stands for a mention or an emoji, `{{` for a brace.
 * @param {{text: string, substitution?: Object<string, Object>}} message
 * @returns {HTMLElement}
 */
export function textV2Body(message) {
  const node = el("div", { class: "text" });
  for (const piece of (message.text ?? "").split(/(\{\{|\}\}|\{\w+\})/)) {
    if (piece === "{{" || piece === "}}") node.append(piece[0]);
    else if (/^\{\w+\}$/.test(piece)) node.append(substitute(piece.slice(1, -1), message.substitution || {}));
    else node.append(...linkify(piece));
  }
  return node;
}

function substitute(key, substitution) {
  const value = Object.hasOwn(substitution, key) ? substitution[key] : undefined;
  if (value?.type === "emoji") return emojiSign(value);
  // In a talk of two, only the person who reads can be meant.
  if (value?.type === "mention") return el("b", { class: "mention", text: `@${value.mentionee?.type === "all" ? "All" : currentPerson().name}` });
  return `{${key}}`;
}

// LINE counts an emoji's place in UTF-16 units, as JavaScript does; one "$" stands at that place.
function cutAtEmojis(text, emojis) {
  const pieces = [];
  let from = 0;
  for (const emoji of [...emojis].sort((one, other) => one.index - other.index)) {
    if (text[emoji.index] !== "$") continue;
    pieces.push(text.slice(from, emoji.index), emoji);
    from = emoji.index + 1;
  }
  return [...pieces, text.slice(from)];
}

// LINE's own emojis are not ours to show: each gets a small face of its own.
function emojiSign({ productId, emojiId }) {
  const ids = `${productId}/${emojiId}`;
  return el("span", { class: "emoji-sign", role: "img", "aria-label": t("kind.emoji", { ids }) }, stickerFace(ids));
}

function linkify(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    nodes.push(text.slice(from, match.index), link(match[0]));
    from = match.index + match[0].length;
  }
  return [...nodes, text.slice(from)];
}

function link(address) {
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", text: address });
}
