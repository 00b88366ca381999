// One product: its size, options and pieces, its allergens, and whether it is a favourite.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { checkRow, field, form, showProblems } from "./forms.js";
import { add } from "./order_picked.js";
import { when, yen } from "./orders_words.js";
import { askButton } from "./problems.js";
import { announce, back, backButton, draw, notice } from "./views.js";
import { said, t } from "./words.js";

const MOST = 20;

/**
 * @param {Object} item of the menu
 * @param {Object} at page, store and menu
 * @returns {function(): Node[]}
 */
export function itemView(item, at) {
  const there = item.sizes.filter(({ state }) => state === "on_sale");
  return () => [
    backButton(),
    item.picture && el("img", { class: "dish-large", src: item.picture, alt: "" }),
    el("h1", { text: said(item.name) }),
    said(item.text) && el("p", { class: "lead", text: said(item.text) }),
    el("section", { class: "card stack" }, el("h2", { text: t("order.allergens") }), el("p", { class: "small", text: allergens(item) })),
    there.length ? chooser(item, there, at) : notice(gone(item), { bad: true }),
    heart(item, at),
  ];
}

function allergens({ allergens: named }) {
  if (!named) return t("order.allergens_unknown");
  return named.length ? named.map(said).join(t("orders.between")) : t("order.allergens_none");
}

function gone({ sizes }) {
  const next = sizes.map(({ next_at: at }) => at).filter(Boolean).sort()[0];
  return next ? t("order.next_at", { time: when(next) }) : t("order.sold_out");
}

function chooser(item, there, { store, page }) {
  const size = { code: "size", name: null, min: 1, max: 1, choices: there.map((each) => ({ ...each, name: each.name || item.name })) };
  const groups = [...(item.sizes.length > 1 ? [size] : []), ...item.options];
  const counts = Array.from({ length: Math.min(MOST, page.limits.pieces) }, (_, index) => String(index + 1));
  const price = el("p", { class: "picked-sum" }, el("span", { text: t("order.subtotal") }), el("strong", { class: "number", id: "price" }));
  const node = form([
    ...groups.map((group) => groupField(group, group === size)),
    field({ name: "pieces", label: t("order.pieces"), value: "1", options: counts.map((count) => [count, count]) }),
    price,
  ], t("order.add"), async () => {
    const wanted = read(node, item, there);
    const wrong = groups.filter((group) => group !== size && !fits(wanted.options[group.code] || [], group));
    showProblems(node, wrong.map((group) => ({ field: `group-${group.code}`, text: `${said(group.name)}: ${howMany(group)}` })));
    if (wrong.length) return;
    await add(store.code, wanted);
    back(t("order.added", { name: said(item.name) }));
  });
  const tell = () => {
    const { variant, pieces, options } = read(node, item, there);
    const chosen = item.options.flatMap((group) => group.choices.filter(({ code }) => options[group.code]?.includes(code)));
    const one = chosen.reduce((sum, choice) => sum + choice.price, there.find(({ code }) => code === variant).price);
    price.lastChild.textContent = yen(one * pieces);
  };
  node.addEventListener("change", tell);
  tell();
  return node;
}

/** One of several is a radio button, of which the first is chosen; several are boxes. */
function groupField(group, isSize) {
  const single = group.min === 1 && group.max === 1;
  const rows = group.choices.map((choice, place) => {
    const box = el("input", {
      type: single ? "radio" : "checkbox", id: `of-${group.code}-${choice.code}`, name: `of-${group.code}`, value: choice.code, checked: single && place === 0,
    });
    const more = isSize ? yen(choice.price) : choice.price ? `+${yen(choice.price)}` : "";
    return checkRow(box, said(choice.name), " ", el("span", { class: "mark mark-optional", text: more }));
  });
  const name = isSize ? t("order.size") : said(group.name);
  return el("fieldset", { class: "field" }, el("legend", { text: single ? name : t("order.group", { name, many: howMany(group) }) }), ...rows);
}

function howMany({ min, max }) {
  if (min === max) return t("order.exactly", { count: min });
  return min ? t("order.range", { min, max }) : t("order.up_to", { count: max });
}

function fits(chosen, { min, max }) {
  return min <= chosen.length && chosen.length <= max;
}

function read(node, item, there) {
  const chosen = (code) => [...node.querySelectorAll(`[name="of-${CSS.escape(code)}"]:checked`)].map(({ value }) => value);
  const options = item.options.map((group) => [group.code, chosen(group.code)]).filter(([, choices]) => choices.length);
  const [variant] = item.sizes.length > 1 ? chosen("size") : [there[0].code];
  return { variant, pieces: Number(node.elements.pieces.value), options: Object.fromEntries(options) };
}

function heart(item, { menu }) {
  const liked = menu.liked.includes(item.code);
  const node = askButton(t(liked ? "order.unlike" : "order.like"), async () => {
    menu.liked = (await ask("POST", "/order/like", { product: item.code, liked: !liked })).liked;
    draw({ stay: true });
    announce(t(liked ? "order.unliked" : "order.is_liked"));
  }, { kind: "text" });
  node.id = "heart";
  return node;
}
