// What the views of orders are made of: rows, lines with their prices, sums, the end.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { addressOf } from "./frame.js";
import { named, rowsOf, yen } from "./orders_words.js";
import { closeButton } from "./problems.js";
import { calm, finish } from "./views.js";
import { said, t } from "./words.js";

/** Rows of something. @param {[string, string][]} rows those without a text are left out */
export function facts(rows) {
  return el("dl", { class: "facts" }, ...rows.filter(([, text]) => text).map(([label, text]) =>
    el("div", {}, el("dt", { text: label }), el("dd", { text }))));
}

/**
 * What is ordered, each line with its options where they are told, and what it costs.
 * @param {{name: Object, size: ?Object, pieces: number, price: number, chosen?: Object[]}[]} lines
 */
export function linesOf(lines) {
  return el("ol", { class: "happened" }, ...lines.map((line) => el("li", {},
    el("div", {}, el("strong", { text: named(line) }),
      el("small", { text: [t("orders.pieces", { count: line.pieces }), ...(line.chosen || []).map(said)].join(" / ") })),
    el("p", { class: "number", text: yen(line.price * line.pieces) }))));
}

/**
 * The fee, the total with the tax of each rate in it, and what the points leave to pay.
 * @param {{fee: number, total: number, taxes: Object[], points?: number}} order
 */
export function sumsOf({ fee, total, taxes, points = 0 }) {
  const rates = taxes.map((group) => t("orders.tax", { rate: group.rate, yen: yen(group.total), tax: yen(group.tax) }));
  return el("div", { class: "stack" },
    el("dl", { class: "facts sums" },
      ...[[t("orders.fee"), fee ? yen(fee) : ""], [t("orders.total"), yen(total)],
        [t("orders.points_used"), points ? `−${yen(points)}` : ""], [t("orders.to_pay"), points ? yen(total - points) : ""]]
        .filter(([, text]) => text).map(([label, text]) => el("div", {}, el("dt", { text: label }), el("dd", { class: "number", text })))),
    el("p", { class: "small", text: rates.join(t("orders.between")) }));
}

/** An order that is placed, with its number. @param {string} words the keys of its heading and its text begin so */
export function doneView(order, words = "orders.done") {
  return () => [
    ...calm("check", t(words), t(`${words}_text`), el("p", { class: "order-number number", text: order.number })),
    el("section", { class: "card stack" }, facts(rowsOf(order).slice(1)), linesOf(order.lines), sumsOf(order)),
    el("a", { class: "button", href: addressOf("/liff/order"), text: t("orders.to_all") }),
    closeButton(),
  ];
}

/**
 * Place an order. Sent again it is the same one: its key outlives a lost answer, a reload and the phone's "back".
 * @param {string} about what the key stands for
 * @param {Object} order as POST /liff/api/orders reads it
 * @returns {Promise<Object>} the order; throws Problem
 */
export async function place(about, order) {
  const name = `tsunagu.order/${about}`;
  const key = sessionStorage.getItem(name) || crypto.randomUUID();
  sessionStorage.setItem(name, key);
  try {
    const { order: placed } = await ask("POST", "/orders", order, { key });
    sessionStorage.removeItem(name);
    return placed;
  } catch (problem) {
    // It has placed another order already, whose answer was lost: that one is to be seen first.
    if (problem.code === "order_key_reused") sessionStorage.removeItem(name);
    throw problem;
  }
}

/**
 * What comes after placing an order: to pay it online, else that it is done.
 * @param {Object} order
 * @returns {Promise<void>} never ends where the page is left, so that its button is not pressed again
 */
export async function placed(order) {
  if (!order.payment) {
    finish(doneView(order));
    return;
  }
  location.replace(addressOf("/liff/order", { number: order.number, pay: "now" }));
  await new Promise(() => {});
}

/** The ways of paying as a field's options. @param {string} way "pickup" or "delivery" */
export function waysToPay(way) {
  return [["store", t(`orders.pay_${way}`)], ["provider", t("orders.pay_online")]];
}

/** What is wrong with an order that the server does not read. @param {Problem} problem */
export function wordsOfBad({ more }) {
  return t(more.problems?.some(({ field }) => field === "pay") ? "orders.pay_gone" : "orders.bad");
}

/** Where the list of orders is. @param {"placed"|"cancelled"|""} done what it shall say */
export function toAll(done = "") {
  location.assign(addressOf("/liff/order", done ? { done } : {}));
}
