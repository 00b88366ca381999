// The top of a talk: back to the list, whom we talk to, who holds the phone, and the menu.

import { send } from "./actions.js";
import { avatar } from "./avatar.js";
import { openDrawer } from "./drawers.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { openMails } from "./mails.js";
import { unreadElsewhere } from "./notices.js";
import { openMenu } from "./sheets.js";
import { currentAccount, currentPerson, friendStatus, select, state } from "./state.js";
import { openTools } from "./tools.js";
import { switchLanguage, t } from "./words.js";

/** @returns {HTMLElement} */
export function drawTalkHead() {
  const account = currentAccount();
  return el("header", { class: "talk-head" },
    el("div", { class: "talk-back" }, iconButton("back", t("talks.list"), () => select(state.person, null)), unreadBadge()),
    avatar(account, "small"),
    el("div", { class: "talk-names" },
      el("h2", { text: account.name }),
      el("p", { text: friendStatus() === "blocked" ? t("talk.blocked") : t("talk.official") })),
    personButton(),
    iconButton("menu", t("talk.menu"), openTalkMenu));
}

function unreadBadge() {
  const badge = el("span", { class: "badge" });
  showUnread(badge);
  return badge;
}

/** Write how much is unread in other talks. @param {HTMLElement} badge */
export function showUnread(badge) {
  const count = unreadElsewhere();
  badge.hidden = count === 0;
  badge.textContent = count > 99 ? "99+" : String(count);
}

/** The button with the picture of the one who holds the phone; opens the people on small screens. */
export function personButton() {
  const person = currentPerson();
  return el("button", {
    class: "icon-button only-narrow", type: "button", "aria-label": t("people.switch", { name: person.name }),
    on: { click: () => openDrawer("people") },
  }, avatar(person, "small"));
}

function iconButton(name, label, click) {
  return el("button", { class: "icon-button", type: "button", "aria-label": label, on: { click } }, icon(name));
}

function openTalkMenu() {
  openMenu(currentAccount().name, [...friendChoices(), ...narrowChoices()]);
}

function friendChoices() {
  const choice = {
    none: { label: t("talk.add"), icon: "add", run: () => send("add", {}) },
    friend: { label: t("talk.block"), icon: "block", danger: true, run: () => send("block", {}) },
    blocked: { label: t("talk.unblock"), icon: "undo", run: () => send("unblock", {}) },
  };
  return [choice[friendStatus()]];
}

// Wide screens have these beside the phone.
function narrowChoices() {
  if (matchMedia("(min-width: 701px)").matches) return [];
  return [
    { label: t("people.title"), icon: "people", run: () => openDrawer("people") },
    { label: t("inspector.title"), icon: "traffic", run: () => openDrawer("inspector") },
    { label: t("mails.title"), icon: "mail", run: openMails },
    { label: t("tools.title"), icon: "tools", run: openTools },
    { label: t("page.other_language"), icon: "globe", run: switchLanguage },
  ];
}
