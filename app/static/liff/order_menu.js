// A store's menu: parts of it, a search, favourites, and the basket at the foot.

import { ask } from "./api.js";
import { el, icon } from "./dom.js";
import { basketView } from "./order_basket.js";
import { itemView } from "./order_item.js";
import { basket, count, sumOf } from "./order_picked.js";
import { yen } from "./orders_words.js";
import { orNote } from "./problems.js";
import { announce, backButton, button, go } from "./views.js";
import { said, t } from "./words.js";

const PAUSE_MS = 300;

/**
 * Show a store's menu.
 * @param {Object} page what GET /liff/api/order says
 * @param {Object} store
 * @returns {Promise<Object>} page, store and menu, as all that follows wants them; throws Problem
 */
export async function openMenu(page, store) {
  const menu = await ask("GET", "/order/menu", undefined, { query: { store: store.code } });
  const at = { page, store, menu, part: "", words: "", found: null };
  at.basketView = () => basketView(at);
  go(() => menuView(at));
  return at;
}

function menuView(at) {
  const dishes = el("div", { class: "stack", id: "dishes" }, ...parts(at));
  const redraw = () => dishes.replaceChildren(...parts(at));
  return [
    backButton(),
    el("h1", { text: said(at.store.name) }),
    basket.store && basket.store !== at.store.code && basket.lines.length > 0 && el("p", { class: "notice", text: t("order.other_store") }),
    search(at, redraw),
    filters(at, redraw),
    dishes,
    count(at.store.code) > 0 && foot(at),
  ];
}

/** Typing is never disturbed: only the list below it is drawn anew. */
function search(at, redraw) {
  const input = el("input", { class: "input", type: "search", id: "field-words", value: at.words, autocomplete: "off", maxlength: 100, enterkeyhint: "search" });
  let timer = 0;
  const look = () => orNote(input, async () => {
    const words = input.value.trim();
    at.words = words;
    const found = words ? (await ask("GET", "/order/search", undefined, { query: { store: at.store.code, words } })).found : null;
    if (input.value.trim() !== words) return;
    at.found = found;
    redraw();
    if (found) announce(t("order.found", { count: found.length }));
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  });
  return el("div", { class: "field" }, el("label", { for: "field-words", text: t("order.search") }), input);
}

function filters(at, redraw) {
  const offered = [["", t("order.all")], ...(at.menu.liked.length ? [["liked", t("order.liked")]] : []),
    ...at.menu.categories.map(({ code, name }) => [`in-${code}`, said(name)])];
  const nodes = offered.map(([part, text]) => {
    const node = el("button", { class: "filter", type: "button", text, "aria-pressed": String(part === at.part) });
    node.addEventListener("click", () => {
      at.part = part;
      for (const other of nodes) other.ariaPressed = String(other === node);
      redraw();
    });
    return node;
  });
  return el("div", { class: "filters", role: "group", "aria-label": t("order.parts") }, ...nodes);
}

function parts(at) {
  const shown = at.menu.items.filter((item) => fits(item, at));
  if (!shown.length) return [el("p", { class: "lead", text: t("order.nothing_found") })];
  const groups = [...at.menu.categories, { code: null, name: null }].map((category) =>
    [category, shown.filter((item) => item.category === category.code)]);
  return groups.filter(([, items]) => items.length).map(([{ name }, items]) => el("section", { class: "stack" },
    el("h2", { text: name ? said(name) : t("order.others") }),
    el("ul", { class: "dishes" }, ...items.map((item) => el("li", {}, dish(item, at))))));
}

function fits(item, { part, found, menu }) {
  if (found && !found.includes(item.code)) return false;
  if (part === "liked") return menu.liked.includes(item.code);
  return !part || part === `in-${item.category}`;
}

function dish(item, at) {
  const there = item.sizes.filter(({ state }) => state === "on_sale");
  const least = Math.min(...item.sizes.map(({ price }) => price));
  const price = t(item.sizes.length > 1 ? "order.price_from" : "order.price", { yen: yen(least) });
  const left = there.length ? few(there) : t(item.sizes.some(({ state }) => state === "not_now") ? "order.not_now" : "order.sold_out");
  return el("button", { class: "dish", type: "button", on: { click: () => go(itemView(item, at)) } },
    item.picture ? el("img", { class: "dish-picture", src: item.picture, alt: "", loading: "lazy" }) : el("span", { class: "dish-picture tile-icon" }, icon("bag")),
    el("span", { class: "dish-words" },
      el("strong", { text: `${at.menu.liked.includes(item.code) ? "♥ " : ""}${said(item.name)}` }),
      el("span", { class: "number", text: price }),
      left && el("small", { text: left })),
    icon("next"));
}

/** What is said where little is left. */
function few(sizes) {
  const [least] = sizes.map(({ left }) => left).filter((left) => left !== null && left <= 5).sort((one, other) => one - other);
  return least === undefined ? "" : t("order.left", { count: least });
}

function foot(at) {
  const text = t("order.see_basket", { count: count(at.store.code), yen: yen(sumOf(at.menu)) });
  return el("div", { class: "foot" }, button(text, () => go(at.basketView())));
}
