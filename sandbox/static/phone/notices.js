// Notices of messages in other talks: a banner over the phone, and the count in the page's title.

import { avatar } from "./avatar.js";
import { summary } from "./bubbles.js";
import { byId, el } from "./dom.js";
import { currentPerson, isCurrent, on, select, state } from "./state.js";
import { t } from "./words.js";

const LIFE_MS = 5000;

let holder = null;
let timer = 0;

/** Watch the messages that come; call once. */
export function setUpNotices() {
  holder = el("div", { class: "notices", role: "status" });
  byId("screen").append(holder);
  on("message", (entry) => {
    if (entry.from === "account" && !entry.unsent && state.account && !isCurrent(entry)) show(entry);
  });
  on("selection", clear);
  for (const topic of ["state", "selection"]) on(topic, countInTitle);
}

/** How many messages the one who holds the phone has not read, in all talks but the one on the screen. */
export function unreadElsewhere() {
  const unread = Object.entries(currentPerson()?.unread || {});
  return unread.reduce((sum, [account, count]) => sum + (account === state.account ? 0 : count), 0);
}

function show(entry) {
  const account = state.accounts.find((one) => one.slug === entry.account);
  if (!account) return;
  const open = () => select(entry.person, entry.account);
  holder.replaceChildren(el("button", { class: "notice", type: "button", on: { click: open } },
    avatar(account, "small"),
    el("span", { class: "notice-text" }, el("b", { text: account.name }), el("span", { text: summary(entry.message) }))));
  clearTimeout(timer);
  timer = setTimeout(clear, LIFE_MS);
}

function clear() {
  clearTimeout(timer);
  holder.replaceChildren();
}

function countInTitle() {
  const count = unreadElsewhere();
  document.title = count ? `(${count}) ${t("page.title")}` : t("page.title");
}
