// Replies that quote a message. A quote token says nothing by itself; which message it belongs to is learnt
// from the traffic: webhooks carry the tokens of the person's messages, answers those of the account's.

import { summary } from "./bubbles.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { on } from "./state.js";
import { t } from "./words.js";

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
  waiting.get(message.quoteToken)?.forEach((fill) => fill());
  waiting.delete(message.quoteToken);
}

/**
 * The quoted message, small, above the words of the one that quotes it.
 * @param {string} token
 * @param {function(string): import("./rows.js").Entry|undefined} find a message of the talk by its id
 */
export function quoteBlock(token, find) {
  const words = el("span", {});
  const node = el("span", { class: "quote" }, icon("quote", 16), words);
  const fill = () => {
    const entry = find(ids.get(token));
    words.textContent = entry && !entry.unsent ? summary(entry.message) : t("talk.quoted");
  };
  fill();
  if (!ids.has(token)) waiting.set(token, [...(waiting.get(token) || []), fill]);
  return node;
}
