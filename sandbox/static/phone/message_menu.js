// What can be done with a message of the talk: answer to it, copy its words, take it back.

import { copy, send } from "./actions.js";
import { summary } from "./bubbles.js";
import { canBeQuoted } from "./quotes.js";
import { openMenu } from "./sheets.js";
import { friendStatus } from "./state.js";
import { t } from "./words.js";

/** Whether the menu of a message would hold anything. @param {import("./rows.js").Entry} entry */
export function hasMenu(entry) {
  return entry.from === "person" || canBeQuoted(entry);
}

/**
 * @param {import("./rows.js").Entry} entry
 * @param {function(import("./rows.js").Entry): void} onReply
 */
export function openMessageMenu(entry, onReply) {
  const { text } = entry.message;
  const choices = [
    friendStatus() === "friend" && canBeQuoted(entry) && { label: t("talk.reply"), icon: "quote", run: () => onReply(entry) },
    text && { label: t("talk.copy"), icon: "copy", run: () => copy(text) },
    entry.from === "person" && { label: t("talk.unsend"), icon: "undo", danger: true, run: () => send("unsend", { message_id: entry.id }) },
  ];
  const offered = choices.filter(Boolean);
  // Nothing is left of the menu of a picture of an account that is blocked.
  if (offered.length) openMenu(summary(entry.message), offered);
}
