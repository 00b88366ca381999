// One order: what it is, how it stands, and how to cancel it or to order it again.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { addressOf } from "./frame.js";
import { facts, linesOf, sumsOf, toAll } from "./orders_parts.js";
import { isUnpaid, rowsOf, stateOf } from "./orders_words.js";
import { askButton } from "./problems.js";
import { back, backButton, button, go, notice, show } from "./views.js";
import { t } from "./words.js";

/** @param {Object} order as GET /liff/api/order has it. @returns {function(): Node[]} */
export function orderView(order) {
  return () => [
    backButton(),
    el("h1", { text: stateOf(order) }),
    el("section", { class: "card stack" }, facts(rowsOf(order))),
    el("section", { class: "card stack" }, linesOf(order.lines), sumsOf(order)),
    isUnpaid(order) && el("a", { class: "button", href: addressOf("/liff/order", { number: order.number }), text: t("order.go_on_paying") }),
    order.may_cancel && button(t("order.cancel"), () => go(cancelView(order)), { kind: "text" }),
    !order.may_cancel && order.call && el("a", { class: "button-quiet", href: `tel:${order.call}`, text: t("orders.call", { phone: order.call }) }),
    order.origin === "line" && el("a", { class: "button-quiet", href: addressOf("/liff/reorder", { number: order.number }), text: t("order.again") }),
  ];
}

/** Whether it shall be cancelled. @returns {function(): Node[]} */
export function cancelView(order) {
  return () => [
    el("h1", { text: t("order.cancel_title") }),
    el("section", { class: "card stack" }, facts(rowsOf(order).slice(0, 4))),
    askButton(t("order.cancel_do"), async () => {
      await ask("POST", `/orders/${order.number}/cancel`, {});
      toAll("cancelled");
    }, { kind: "bad", known: { wrong_state: () => accepted(order) } }),
    button(t("order.keep"), () => back(), { kind: "quiet" }),
  ];
}

/** The store was quicker. */
async function accepted({ number }) {
  const { order } = await ask("GET", `/orders/${number}`);
  const view = orderView(order);
  show(() => {
    const [first, heading, ...others] = view();
    return [first, heading, notice(t("order.too_late"), { bad: true }), ...others];
  });
}
