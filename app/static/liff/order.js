// /liff/order: what is ordered, what is still in the basket, and the way to a store's menu.

import { ask } from "./api.js";
import { el, icon } from "./dom.js";
import { addressOf } from "./frame.js";
import { start } from "./me.js";
import { basketView } from "./order_basket.js";
import { openMenu } from "./order_menu.js";
import { orderView } from "./order_one.js";
import { openPayment } from "./order_pay.js";
import { fill } from "./order_picked.js";
import { named, stateOf, when, yen } from "./orders_words.js";
import { askButton, closeButton, orNote, orPage } from "./problems.js";
import { calm, draw, go, once, say, show } from "./views.js";
import { dayOf, said, t } from "./words.js";

const query = new URLSearchParams(location.search);
// What this page has done just before it was opened anew.
const done = { cancelled: "order.cancelled", placed: "order.placed" }[query.get("done")];

/** What GET /liff/api/order says. */
let page = null;

// An order whose payment is to be seen. It becomes part of an address, so nothing but a number will do.
const number = /^[0-9A-Z]{4}-[0-9A-Z]{4}$/.exec(query.get("number"))?.[0];

start(() => orPage(number ? pay : open));

/** One comes here from placing an order, and from the provider's page. */
function pay() {
  return openPayment(number, { onward: query.get("pay") === "now" });
}

async function open() {
  page = await ask("GET", "/order");
  if (page.basket) fill(page.basket.store, page.basket.lines);
  show(page.stores.length || page.past.length || page.open.length ? home : nothing);
  if (done) say(t(done));
  if (query.has("again")) await again(query.get("again"));
}

/** What an order of before had is put into the basket, as far as it can be had. */
async function again(number) {
  const { proposal } = await ask("GET", "/reorder", undefined, { query: { number } });
  fill(proposal.store, proposal.lines);
  await toMenu(proposal.store, true);
}

function nothing() {
  return calm("bag", t("order.none"), t("order.none_text"), closeButton());
}

function home() {
  const { open: running, past, basket } = page;
  return [
    el("h1", { text: t("order.title") }),
    running.length > 0 && el("section", { class: "stack" }, el("h2", { text: t("order.running") }), ...running.map(ticket)),
    basket && stored(basket),
    past.length > 0 && el("a", { class: "button-quiet", href: addressOf("/liff/reorder"), text: t("order.usual") }),
    el("section", { class: "stack" }, el("h2", { text: t("order.choose_store") }),
      ...page.stores.map((store) => choice("store", said(store.name), store.ways.map((way) => t(`orders.${way}`)).join(" / "), () => toMenu(store.code)))),
    past.length > 0 && before(past),
    el("a", { class: "button-text", href: addressOf("/liff/"), text: t("common.home") }),
  ];
}

function stored({ store, lines }) {
  const name = page.stores.find(({ code }) => code === store)?.name;
  const count = lines.reduce((sum, { pieces }) => sum + pieces, 0);
  return name && choice("bag", t("order.go_on"), `${said(name)} ${t("orders.pieces", { count })}`, () => toMenu(store, true));
}

function choice(iconName, title, text, work) {
  const node = el("button", { class: "choice", type: "button" }, el("span", { class: "tile-icon" }, icon(iconName)),
    el("span", {}, el("strong", { text: title }), el("small", { text })), icon("next"));
  node.addEventListener("click", () => once(node, () => orNote(node, work)));
  return node;
}

async function toMenu(code, withBasket = false) {
  const store = page.stores.find((each) => each.code === code);
  if (!store) return;
  const at = await openMenu(page, store);
  if (withBasket) go(basketView(at));
}

/** An order on its way, with its time first. */
function ticket(order) {
  return el("button", { class: "ticket", type: "button", on: { click: () => go(orderView(order)) } },
    el("span", { class: "ticket-body" },
      el("strong", { text: order.slot_at ? when(order.slot_at) : when(order.placed_at) }),
      el("span", { class: "ticket-until" }, icon("clock"), stateOf(order)),
      el("small", { text: [order.number, yen(order.total), order.store && said(order.store)].filter(Boolean).join(" ") })),
    icon("next"));
}

function before(past) {
  return el("details", { class: "card" }, el("summary", { text: t("order.past") }),
    el("ul", { class: "past" }, ...past.map((order) => el("li", {},
      el("button", { class: "button-text", type: "button", text: `${dayOf(order.placed_at.slice(0, 10))} ${yen(order.total)}`, on: { click: () => go(orderView(order)) } }),
      el("small", { text: `${t(`orders.state_${order.state}`)} ${order.lines.map(named).join(t("orders.between"))}` })))),
    page.older && askButton(t("order.older"), older, { kind: "quiet" }));
}

async function older() {
  const found = await ask("GET", "/orders", undefined, { query: { older: page.older } });
  page = { ...page, past: [...page.past, ...found.past], older: found.older };
  draw({ stay: true });
}
