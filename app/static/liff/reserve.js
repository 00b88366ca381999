// /liff/reserve: what is reserved, and the way to a new reservation.

import { ask } from "./api.js";
import { el, icon } from "./dom.js";
import { addressOf } from "./frame.js";
import { start } from "./me.js";
import { askButton, closeButton, orPage } from "./problems.js";
import { bookingView } from "./reserve_booking.js";
import { chooseTime } from "./reserve_times.js";
import { whenOf } from "./reserve_words.js";
import { wishView } from "./reserve_wish.js";
import { calm, go, say, show } from "./views.js";
import { dayOf, said, t } from "./words.js";

// What this page has done just before it was opened anew.
const DONE = { cancelled: "reserve.cancelled", waits: "reserve.waits" };
const done = DONE[new URLSearchParams(location.search).get("done")];

/** What GET /liff/api/reserve says. */
let page = null;

start(() => orPage(open));

async function open() {
  page = await ask("GET", "/reserve");
  show(page.stores.length ? home : nothing);
  if (done) say(t(done));
}

function nothing() {
  return calm("calendar", t("reserve.none"), t("reserve.none_text"), closeButton());
}

function home() {
  const { open: coming, past, waiting } = page;
  return [
    el("h1", { text: t("reserve.title") }),
    ...waiting.map(place),
    coming.length > 0 && el("section", { class: "stack" }, el("h2", { text: t("reserve.coming") }), ...coming.map(ticket)),
    el("section", { class: "stack" }, el("h2", { text: t(coming.length ? "reserve.another" : "reserve.new") }), ...choices()),
    past.length > 0 && el("details", { class: "card" }, el("summary", { text: t("reserve.past", { count: past.length }) }),
      el("ul", { class: "past" }, ...past.map((booking) => el("li", {},
        el("span", { text: said(booking.service) }),
        el("small", { text: `${whenOf(booking)} ${said(booking.store)} ${t(`reserve.state_${booking.state}`)}` }))))),
    el("a", { class: "button-text", href: addressOf("/liff/"), text: t("common.home") }),
  ];
}

function choices() {
  return page.stores.map((store) => el("button", { class: "choice", type: "button", on: { click: () => go(wishView(store, pick)) } },
    el("span", { class: "tile-icon" }, icon("calendar")),
    el("span", {}, el("strong", { text: said(store.name) }),
      el("small", { text: store.services.map(({ name }) => said(name)).join(" / ") })),
    icon("next")));
}

function pick(store, service, wish) {
  return chooseTime({ store, service, wish, note: "", most: page.limits.note });
}

/** What is reserved, with its time first. */
function ticket(booking) {
  return el("button", { class: "ticket", type: "button", on: { click: () => go(bookingView(booking, page)) } },
    el("span", { class: "ticket-body" },
      el("strong", { text: whenOf(booking) }),
      el("span", { class: "ticket-until" }, icon("clock"), said(booking.service)),
      el("small", { text: said(booking.store) })),
    icon("next"));
}

/** A place in a waitlist, or what is offered to it. */
function place(entry) {
  const answer = (way, text, words, kind) => askButton(text, async () => {
    Object.assign(page, await ask("POST", `/waitlist/${entry.code}/${way}`, {}));
    show(home);
    say(words);
  }, { kind, known: { hold_expired: open, wrong_state: open } });
  if (!entry.offer) {
    return el("section", { class: "card stack" }, el("h2", { text: t("reserve.waiting") }),
      el("p", { text: `${dayOf(entry.day)} ${entry.from_time}–${entry.to_time} ${said(entry.service)}` }),
      answer("leave", t("reserve.leave"), t("reserve.left"), "quiet"));
  }
  return el("section", { class: "card stack" }, el("h2", { text: t("reserve.offered") }),
    el("p", { text: `${whenOf(entry.offer)} ${said(entry.service)}` }),
    el("p", { class: "small", text: t("reserve.offered_until", { time: entry.until.slice(11, 16) }) }),
    answer("accept", t("reserve.accept"), t("reserve.accepted"), ""),
    answer("decline", t("reserve.decline"), t("reserve.declined"), "text"));
}
