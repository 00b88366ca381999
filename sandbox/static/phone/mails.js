// The mailbox: every e-mail the shop has sent to the sandbox's mail server, newest first, as it arrives.

import { copy } from "./actions.js";
import { control } from "./api.js";
import { openDialog } from "./dialogs.js";
import { byId, el, hiddenText } from "./dom.js";
import { icon } from "./icons.js";
import { on } from "./state.js";
import { dayLabel, clock, moment } from "./time.js";
import { orToast, toast } from "./toast.js";
import { t } from "./words.js";

// A one-time code: six digits that belong to no longer number.
const CODE = /(?<![\d-])\d{6}(?![\d-])/;
const MOST_SHOWN = 99;

/**
 * @typedef {{n: number, at: number, to: string, sender: string, subject: string, text: string}} Mail as in /control/mails
 */

/** @type {Map<number, Mail>} by number, oldest first */
const mails = new Map();
const unread = new Set();
let told = 0; // Mails that the stream has told of.
const badge = el("span", { class: "badge", hidden: true });
/** @type {HTMLOListElement|null} the list, while somebody looks at it */
let list = null;

/** Count the mails beside the button of the bar, and open the mailbox there; call once. */
export function setUpMails() {
  byId("open-mails").append(badge);
  byId("open-mails").addEventListener("click", openMails);
  on("mail", (mail) => {
    told += 1;
    if (mails.has(mail.n)) return;
    add([mail]);
    toast(t("mails.arrived", { subject: mail.subject }));
  });
  on("mails_cleared", forget);
  for (const topic of ["live", "news"]) on(topic, (news) => news && load());
}

/** Show the mailbox beside the phone. */
export function openMails() {
  list = el("ol", { class: "mails", "aria-label": t("mails.title") }, ...[...mails.values()].reverse().map(drawMail));
  openNewest();
  const clear = el("button", { class: "button-small", type: "button", text: t("mails.clear"), on: { click: () => orToast(control("POST", "mails/clear")) } });
  const window = openDialog(t("mails.title"), [el("p", { class: "column-hint", text: t("mails.hint") }), list,
    el("p", { class: "records-empty", text: t("mails.empty") }), el("div", { class: "tool-row mails-clear" }, clear)], "side");
  window.addEventListener("close", () => {
    list = null;
  });
  unread.clear();
  count();
}

/** A button for places that the bar does not reach on a small screen. */
export function mailButton() {
  return el("button", { class: "icon-button only-narrow", type: "button", "aria-label": t("mails.title"), on: { click: openMails } }, icon("mail", 20));
}

// The newest of them is opened for whoever is looking; the others stay as they are.
function add(arrived) {
  for (const mail of arrived) {
    mails.set(mail.n, mail);
    if (list) list.prepend(drawMail(mail));
    else unread.add(mail.n);
  }
  openNewest();
  count();
}

// What arrived before this page was opened, or while it was cut off; a reset leaves nothing.
async function load() {
  const before = told;
  const answer = await control("GET", "mails").catch(() => null);
  if (!answer) return;
  // An answer that was made before a mail came does not know it.
  if (answer.items.length === 0 && told === before) forget();
  const missed = answer.items.filter((mail) => !mails.has(mail.n));
  if (missed.length) add(missed);
}

function forget() {
  mails.clear();
  unread.clear();
  list?.replaceChildren();
  count();
}

function count() {
  badge.hidden = unread.size === 0;
  badge.replaceChildren(unread.size > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread.size), hiddenText(t("mails.unread")));
}

function openNewest() {
  const newest = list?.querySelector("details");
  if (newest) newest.open = true;
}

/** @param {Mail} mail */
function drawMail(mail) {
  const at = moment(mail.at);
  return el("li", {}, el("details", { class: "mail" },
    el("summary", { class: "mail-head" },
      el("b", { class: "mail-subject", text: mail.subject || t("mails.no_subject") }),
      el("span", { class: "mail-to", text: t("mails.to", { to: mail.to }) }),
      el("time", { text: `${dayLabel(at)} ${clock(at)}` })),
    el("div", { class: "mail-body" },
      el("p", { class: "mail-from", text: t("mails.from", { from: mail.sender }) }),
      codeButton(mail.text),
      el("p", { class: "mail-text", lang: langOf(mail.text), text: mail.text }))));
}

function codeButton(text) {
  const code = CODE.exec(text)?.[0];
  if (!code) return null;
  return el("button", { class: "button-primary mail-code", type: "button", on: { click: () => copy(code) } },
    icon("copy", 20), el("span", { text: t("mails.copy") }), el("b", { text: code }));
}

function langOf(text) {
  return /[ぁ-んァ-ヶ]/.test(text) ? "ja" : "en";
}
