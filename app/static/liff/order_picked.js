// The basket: what is picked of one store's menu, kept by the server between visits.

import { ask } from "./api.js";
import { said, t } from "./words.js";

/** @typedef {{variant: string, pieces: number, options: Object<string, string[]>}} Line as the server keeps it */

/** The store's code, and what is picked there. @type {{store: string, lines: Line[]}} */
export const basket = { store: "", lines: [] };

/** Put lines into the basket in place of those that are there. */
export function fill(store, lines) {
  Object.assign(basket, { store, lines });
}

/**
 * Add a line; the same variant with the same options is one line. A basket is of one store.
 * @param {string} store
 * @param {Line} line
 */
export async function add(store, line) {
  const others = basket.store === store ? basket.lines : [];
  const same = others.find((each) => alike(each, line));
  const lines = same ? others.map((each) => (each === same ? { ...each, pieces: each.pieces + line.pieces } : each)) : [...others, line];
  await keep(store, lines);
}

/** How many pieces are in the basket. */
export function count(store) {
  return basket.store === store ? basket.lines.reduce((sum, { pieces }) => sum + pieces, 0) : 0;
}

/** The basket is empty; the server has cleared its own. */
export function clear() {
  fill("", []);
}

/**
 * What a line is on the menu that is shown.
 * @param {Line} line
 * @param {Object} menu as GET /liff/api/order/menu has it
 * @returns {?{name: Object, size: ?Object, pieces: number, price: number, chosen: string, state: string}} null: not on it any more
 */
export function shownOf(line, menu) {
  const item = menu.items.find(({ sizes }) => sizes.some(({ code }) => code === line.variant));
  if (!item) return null;
  const size = item.sizes.find(({ code }) => code === line.variant);
  const chosen = item.options.flatMap((group) => group.choices.filter(({ code }) => line.options[group.code]?.includes(code)));
  const price = chosen.reduce((sum, choice) => sum + choice.price, size.price);
  const words = chosen.map(({ name }) => said(name)).join(t("orders.between"));
  return { name: item.name, size: size.name, pieces: line.pieces, price, chosen: words, state: size.state };
}

/** What the basket costs as the menu says; the server has the last word. */
export function sumOf(menu) {
  return basket.lines.reduce((sum, line) => {
    const shown = shownOf(line, menu);
    return sum + (shown ? shown.price * shown.pieces : 0);
  }, 0);
}

/** Keep these lines, here and at the server; throws Problem. */
export async function keep(store, lines) {
  await ask("PUT", "/order/basket", { store, lines });
  fill(store, lines);
}

function alike(one, other) {
  return one.variant === other.variant && JSON.stringify(one.options) === JSON.stringify(other.options);
}
