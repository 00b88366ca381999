// Replies that quote a message. A person's reply names the message by its id. An account's has a quote token, which
// says nothing by itself; which message it belongs to is learnt from the traffic: webhooks carry the tokens of the
// person's messages, answers those of the account's.

import { getMessage } from "./api.js";
import { summary } from "./bubbles.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { currentTalk, on } from "./state.js";
import { t } from "./words.js";

// What LINE gives quote tokens for.
const QUOTABLE = new Set(["text", "textV2", "sticker", "image", "video", "imagemap", "template", "flex"]);

const ids = new Map();
const waiting = new Map();

/** Learn tokens from the traffic; call once. */
export function setUpQuotes() {
  on("delivery", (delivery) => (delivery.events || []).forEach((event) => learn(event.message)));
  on("call", (call) => (call.answer?.sentMessages || []).forEach(learn));
}

function learn(message) {
  if (!message?.quoteToken) return;
  ids.set(message.quoteToken, message.id);
  waiting.get(message.quoteToken)?.forEach((fill) => fill(message.id));
  waiting.delete(message.quoteToken);
}

/** Whether a person can answer to this message. @param {import("./rows.js").Entry} entry */
export function canBeQuoted(entry) {
  return entry.from !== "system" && QUOTABLE.has(entry.message.type);
}

/**
 * The message that another one answers, small, to stand above its words; null for one that quotes nothing.
 * @param {{quotedMessageId?: string, quoteToken?: string}} message
 * @param {function(string): import("./rows.js").Entry|undefined} find a message that is drawn by its id
 * @returns {HTMLElement|null}
 */
export function quoteBlock({ quotedMessageId, quoteToken }, find) {
  if (!quotedMessageId && !quoteToken) return null;
  const words = el("span", { text: t("talk.quoted") });
  const fill = async (id) => {
    const entry = find(id) || (await getMessage(talk, id).catch(() => null));
    if (entry && !entry.unsent) words.textContent = summary(entry.message);
  };
  const talk = currentTalk();
  const known = quotedMessageId || ids.get(quoteToken);
  if (known) fill(known);
  else waiting.set(quoteToken, [...(waiting.get(quoteToken) || []), fill]);
  return el("span", { class: "quote" }, icon("quote", 16), words);
}
