// The list of talks: every official account, what was said last, and what is unread.

import { getMessages } from "./api.js";
import { avatar } from "./avatar.js";
import { summary } from "./bubbles.js";
import { byId, el, soon } from "./dom.js";
import { currentPerson, friendStatus, on, select, state } from "./state.js";
import { personButton } from "./talk_head.js";
import { moment, shortMoment } from "./time.js";
import { t } from "./words.js";

const MOST_SHOWN = 99;
const NEWEST = { before: Number.MAX_SAFE_INTEGER, limit: 1 };

/** @type {Map<string, import("./rows.js").Entry>} the newest message of each talk we know of */
const newest = new Map();
const redraw = soon(draw);

/** Draw the list whenever it can be seen; call once. */
export function setUpTalks() {
  on("state", redraw);
  on("clock", redraw);
  on("message", (entry) => keep(`${entry.person}/${entry.account}`, entry));
  on("selection", draw);
  for (const topic of ["selection", "live", "news"]) on(topic, () => ask());
}

function keep(talk, entry) {
  if (entry.n >= (newest.get(talk)?.n ?? 0)) newest.set(talk, entry);
  redraw();
}

// What was said before this page was opened, or while it was cut off.
async function ask() {
  if (byId("talks").hidden) return;
  const { person, accounts } = state;
  await Promise.all(accounts.map(async (account) => {
    const data = await getMessages({ person, account: account.slug }, NEWEST).catch(() => null);
    if (!data) return;
    newest.delete(`${person}/${account.slug}`);
    if (data.messages.length) keep(`${person}/${account.slug}`, data.messages[0]);
  }));
  redraw();
}

function draw() {
  const root = byId("talks");
  root.hidden = Boolean(state.account) || !currentPerson();
  if (root.hidden) return;
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.account : undefined;
  root.replaceChildren(
    el("header", { class: "talk-head talk-head-list" }, el("h2", { text: t("talks.title") }), personButton()),
    el("ul", { class: "talk-list", "aria-label": t("talks.list") }, ...inOrder().map(talkItem)));
  if (focused) root.querySelector(`[data-account="${CSS.escape(focused)}"]`)?.focus();
}

function entryOf(account) {
  return newest.get(`${state.person}/${account.slug}`);
}

// The talk in which something was said last stands first; a sort keeps the order of the rest.
function inOrder() {
  return [...state.accounts].sort((one, other) => (entryOf(other)?.at ?? 0) - (entryOf(one)?.at ?? 0));
}

function talkItem(account) {
  const status = friendStatus(state.person, account.slug);
  const unread = currentPerson().unread?.[account.slug] || 0;
  const entry = entryOf(account);
  const line = status === "blocked" || !entry ? t(`talk.${status}`) : entry.unsent ? t("talk.unsent") : summary(entry.message);
  const open = () => select(state.person, account.slug);
  return el("li", {}, el("button", { class: "talk-item", type: "button", "data-account": account.slug, on: { click: open } },
    avatar(account, "medium"),
    el("span", { class: "talk-item-text" }, el("b", { text: account.name }), el("small", { text: line })),
    el("span", { class: "talk-item-end" },
      entry ? el("small", { text: shortMoment(moment(entry.at)) }) : null,
      unread ? badge(unread) : null)));
}

function badge(unread) {
  const shown = unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread);
  return el("span", { class: "badge", role: "img", "aria-label": t("talks.unread", { count: unread }), text: shown });
}
