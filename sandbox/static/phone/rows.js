// One line of a talk: who said it, the message itself, when, and whether it was read.

import { avatar } from "./avatar.js";
import { drawMessage } from "./bubbles.js";
import { el, hiddenText } from "./dom.js";
import { icon } from "./icons.js";
import { hasMenu } from "./message_menu.js";
import { quoteBlock } from "./quotes.js";
import { currentAccount } from "./state.js";
import { clock, dayLabel, moment } from "./time.js";
import { t } from "./words.js";

/**
 * @typedef {{n: number, id: string, at: number, from: "person"|"account"|"system", message: Object,
 *   sender?: {name?: string, iconUrl?: string}, unsent?: boolean}} Entry
 * @typedef {{onAction: function(Object, Entry): void, onMenu: function(Entry): void,
 *   onDrawn: function(Entry, HTMLElement): void, find: function(string): Entry|undefined}} Hooks `find` gives a message of the talk by its id
 */

const LONG_PRESS_MS = 500;

/**
 * @param {Entry} entry
 * @param {Hooks} hooks
 * @returns {HTMLElement}
 */
export function drawRow(entry, hooks) {
  const row = entry.unsent ? systemRow(t("talk.unsent")) : DRAW[entry.from](entry, hooks);
  row.dataset.n = String(entry.n);
  row.dataset.id = entry.id;
  row.dataset.from = entry.from;
  hooks.onDrawn(entry, row);
  return row;
}

const DRAW = {
  system: (entry) => systemRow(entry.message.text || entry.message.type),
  person: personRow,
  account: accountRow,
};

/** The line between two days. @param {Date} date */
export function dayRow(date) {
  return el("p", { class: "row-day" }, el("span", { text: dayLabel(date) }));
}

function systemRow(text) {
  return el("p", { class: "row row-system" }, el("span", { text }));
}

function personRow(entry, hooks) {
  const meta = el("div", { class: "meta" }, el("span", { class: "read-mark" }), time(entry));
  const { node, wide } = body(entry, hooks);
  return el("div", { class: wide ? "row row-person row-wide" : "row row-person" },
    hiddenText(`${t("talk.you")}: `), menuButton(entry, hooks), meta, node);
}

function accountRow(entry, hooks) {
  const account = currentAccount();
  const name = entry.sender?.name || account.name;
  const { node, wide } = body(entry, hooks);
  const speaker = el("span", { class: "speaker", text: entry.sender?.name ? t("kind.from", { name, account: account.name }) : name });
  return el("div", { class: wide ? "row row-account row-wide" : "row row-account" },
    avatar({ name, picture: entry.sender?.iconUrl || account.picture }, "small"), speaker, node,
    el("div", { class: "meta" }, time(entry)), hasMenu(entry) ? menuButton(entry, hooks) : null);
}

function menuButton(entry, hooks) {
  return el("button", {
    class: "row-menu", type: "button", "aria-label": t("talk.message_menu"), on: { click: () => hooks.onMenu(entry) },
  }, icon("more", 20));
}

function body(entry, hooks) {
  const { node, plain, wide } = drawMessage(entry.message, (action) => hooks.onAction(action, entry));
  const outer = el("div", { class: plain ? "body" : "body bubble" }, quoteBlock(entry.message, hooks.find), node);
  if (hasMenu(entry)) openMenuOnHold(outer, () => hooks.onMenu(entry));
  return { node: outer, wide };
}

function time(entry) {
  const date = moment(entry.at);
  return el("time", { datetime: date.toISOString(), text: clock(date) });
}

/** Write 「既読」 beside a message of the person. @param {HTMLElement} row */
export function showRead(row) {
  const mark = row.querySelector(".read-mark");
  if (mark) mark.textContent = t("talk.read");
}

// A long press on a touch screen, the right button or the menu key elsewhere.
function openMenuOnHold(node, open) {
  let timer = 0;
  node.addEventListener("contextmenu", (event) => {
    // Links and players have a menu of the browser's own.
    if (event.target.closest("a, video, audio")) return;
    event.preventDefault();
    clearTimeout(timer);
    open();
  });
  node.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") timer = setTimeout(open, LONG_PRESS_MS);
  });
  for (const end of ["pointerup", "pointercancel", "pointermove"]) node.addEventListener(end, () => clearTimeout(timer));
}
