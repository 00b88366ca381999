// /liff/reorder: the usual order at today's prices, what differs, and one button that places it.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { addressOf } from "./frame.js";
import { start } from "./me.js";
import { facts, linesOf, place, placed, sumsOf, toAll, waysToPay, wordsOfBad } from "./orders_parts.js";
import { named, wayOf, when, yen } from "./orders_words.js";
import { askButton, closeButton, orNote, orPage } from "./problems.js";
import { announce, calm, draw, notice, say, show } from "./views.js";
import { said, t } from "./words.js";

// The order that is named is proposed in place of the usual one.
const number = new URLSearchParams(location.search).get("number");

/** What GET /liff/api/reorder says. */
let found = null;
/** Lines that somebody takes in place of what cannot be had; with them the proposal is priced anew. */
let taken = [];
/** How it is to be paid: at first as it was the last time. */
let pay = "";

start(() => orPage(open));

async function open() {
  await look();
  show(found.proposal ? page : nothing);
}

async function look(at = "") {
  const query = { ...(number && { number }), ...(at && { at }) };
  found = await ask("GET", "/reorder", undefined, { query });
  taken = [];
  if (!found.online) pay = "store";
  else pay ||= found.proposal?.base.payment ? "provider" : "store";
}

function nothing() {
  if (!found.stores) return calm("clock", t("reorder.closed"), t("reorder.closed_text"), closeButton());
  return calm("note", t("reorder.none"), t("reorder.none_text"), el("div", { class: "stack" },
    el("a", { class: "button", href: addressOf("/liff/order"), text: t("reorder.to_menu") }), closeButton()));
}

function page() {
  const { base, differences, slots } = found.proposal;
  const [running] = found.open.filter((order) => order.slot_at);
  return [
    el("h1", { text: t(number ? "reorder.title_again" : "reorder.title") }),
    running && notice(t("reorder.open", { number: running.number, time: when(running.slot_at) })),
    differences.length > 0 && el("section", { class: "card stack" }, el("h2", { text: t("reorder.differs") }),
      el("ul", { class: "differs" }, ...differences.map(difference))),
    el("section", { class: "card stack" }, el("h2", { text: t("reorder.order") }),
      facts([[t("orders.store"), said(base.store)], [t("orders.way"), wayOf(base)], [t("orders.for"), base.name || ""]]),
      slots.length > 0 && times()),
    ...(found.proposal.order ? confirm() : [refused()]),
    el("a", { class: "button-quiet", href: addressOf("/liff/order", { again: base.number }), text: t("reorder.change") }),
    el("a", { class: "button-text", href: addressOf("/liff/order"), text: t("orders.to_all") }),
  ];
}

function confirm() {
  const { quote, base } = found.proposal;
  const online = pay === "provider";
  const toPay = (value) => {
    pay = value;
    draw({ stay: true });
  };
  return [
    el("section", { class: "card stack" }, linesOf(quote.lines), sumsOf(quote),
      found.online && choice("pay", t("orders.pay"), pay, waysToPay(base.way), toPay)),
    el("div", { class: "foot foot-confirm" }, askButton(t(online ? "reorder.do_pay" : "reorder.do", { yen: yen(quote.total) }), order, { known: KNOWN })),
    el("p", { class: "small", text: t(online ? "orders.pay_next" : "orders.pay_there") }),
  ];
}

async function order() {
  // Not named after the order that is proposed: once this one is placed, it is the usual one itself.
  await placed(await place(`again/${number || "usual"}`, { ...found.proposal.order, pay }));
}

/** Something has moved since the page was shown: what it is now, and the question again. */
function anew(words) {
  return async () => {
    await look(found.proposal.at);
    show(page);
    say(words(found.proposal));
  };
}

const KNOWN = {
  price_changed: anew(({ quote }) => t("orders.price_changed", { yen: quote ? yen(quote.total) : "" })),
  not_on_sale: anew(() => t("reorder.moved")),
  sold_out: anew(() => t("reorder.moved")),
  bad_options: anew(() => t("reorder.moved")),
  slot_full: anew(() => t("reorder.slot_gone")),
  slot_closed: anew(() => t("reorder.slot_gone")),
  below_minimum: anew(() => t("reorder.moved")),
  not_delivered: anew(() => t("reorder.moved")),
  bad_order: (problem, node) => node.before(notice(wordsOfBad(problem), { bad: true })),
  order_key_reused: () => toAll("placed"),
  too_many_orders: (_problem, node) => node.before(notice(t("orders.too_many"), { bad: true })),
};

function difference(each) {
  const { why, old, new: now, instead } = each;
  const words = now === null ? t(`reorder.why_${why}`) : `${t(`reorder.why_${why}`)} ${t("reorder.from_to", { old: yen(old), new: yen(now) })}`;
  const gone = now === null && !taken.includes(instead?.line);
  return el("li", {},
    el("strong", { text: named(each) }),
    el("p", { class: now === null ? "differs-gone" : "differs-price", text: words }),
    instead && (gone
      ? askButton(t("reorder.instead", { name: named(instead), yen: yen(instead.price) }), () => take(instead), { kind: "quiet" })
      : el("p", { class: "small", text: t("reorder.taken", { name: named(instead) }) })));
}

async function take(instead) {
  await price([...taken, instead.line]);
  draw({ stay: true });
  announce(t("reorder.taken", { name: named(instead) }));
}

/** Price the proposal with these lines in it, too. */
async function price(more) {
  const { proposal } = found;
  const { base } = proposal;
  const lines = merged([...proposal.lines, ...more]);
  const to = { store: proposal.store, way: base.way, slot_at: proposal.at };
  const quote = await ask("POST", "/order/quote", { ...to, lines, postal_code: base.postal_code || "" });
  taken = more;
  Object.assign(proposal, { quote, why: null, order: { ...to, lines, total: quote.total, contact: proposal.contact } });
}

/** The same variant with the same options is one line. */
function merged(lines) {
  const found = new Map();
  for (const line of lines) {
    const same = JSON.stringify([line.variant, line.options]);
    found.set(same, { ...line, pieces: line.pieces + (found.get(same)?.pieces || 0) });
  }
  return [...found.values()];
}

function times() {
  const { slots, at } = found.proposal;
  return choice("slot", t("orders.when"), at, slots.map((moment) => [moment, when(moment)]), async (value) => {
    await look(value);
    draw({ stay: true });
    announce(t("reorder.for", { time: when(found.proposal.at) }));
  });
}

/** A field to choose from options, of value and words, that does something with what is chosen. */
function choice(name, label, value, options, chosen) {
  const id = `field-${name}`;
  const node = el("select", { class: "input", id, name },
    ...options.map(([key, text]) => el("option", { value: key, text, selected: key === value })));
  node.addEventListener("change", () => orNote(node, async () => chosen(node.value)));
  return el("div", { class: "field" }, el("label", { for: id, text: label }), node);
}

/** Why nothing can be ordered as it is. */
function refused() {
  const { slots, why, base } = found.proposal;
  const words = !slots.length ? t("reorder.no_time")
    : why?.code === "below_minimum" ? t("orders.below_minimum", { yen: yen(why.minimum) })
    : why?.code === "not_delivered" ? t("orders.not_delivered")
    : t("reorder.nothing_left");
  return el("section", { class: "card stack" }, notice(words, { bad: true }),
    base.call && !slots.length && el("a", { class: "button-quiet", href: `tel:${base.call}`, text: t("orders.call", { phone: base.call }) }));
}
