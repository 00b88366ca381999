// Paying an order online: the way to the provider's page, and how it stands for whoever comes back.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { addressOf } from "./frame.js";
import { cancelView } from "./order_one.js";
import { doneView, facts, linesOf, sumsOf } from "./orders_parts.js";
import { isTakenBack, moneyOf, rowsOf, yen } from "./orders_words.js";
import { orPage } from "./problems.js";
import { button, calm, go, show } from "./views.js";
import { t } from "./words.js";

const LOOK_MS = 1_000;
// A provider that does not answer is asked again by the server, at longer and longer intervals.
const PATIENCE_MS = 30_000;

/**
 * Show how the payment of an order stands; the server asks the provider whether the customer has paid.
 * @param {string} number of the order
 * @param {{onward?: boolean}} [options] `onward`: the order was just placed, so go on to the provider's page
 */
export async function openPayment(number, { onward = false } = {}) {
  show(underWay);
  const path = `/payments/${number}`;
  const first = onward ? await ask("GET", path) : await ask("POST", path, {});
  await settled(path, first);
  const { order } = await ask("GET", `/orders/${number}`);
  if (onward && order.payment.url) leave(order);
  else show(viewOf(order));
}

function underWay() {
  return [el("section", { class: "waiting" }, el("span", { class: "spinner", "aria-hidden": "true" }),
    el("h1", { text: t("order.paying") }), el("p", { text: t("order.paying_text") }))];
}

/** Wait until the provider is not being asked any more, or for as long as one waits in front of a page. */
async function settled(path, first) {
  const until = Date.now() + PATIENCE_MS;
  for (let { asking } = first; asking && Date.now() < until; ({ asking } = await ask("GET", path))) {
    await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
  }
}

/** To the provider's page; "back" from there leads to how the payment stands, not to that page again. */
function leave({ number, payment }) {
  history.replaceState(null, "", addressOf("/liff/order", { number }));
  window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  location.assign(payment.url);
}

function viewOf(order) {
  const { payment } = order;
  if (isTakenBack(order)) return endedView(order);
  if (payment.stands === "paid") return doneView(order, "order.paid");
  if (payment.refused) return openView(order, "note", "order.pay_refused");
  if (payment.asking) return openView(order, "clock", "order.pay_slow", lookAgain(order));
  return openView(order, "clock", "order.unpaid", () => [button(t("order.pay"), () => leave(order)), ...lookAgain(order, "quiet")()]);
}

function lookAgain({ number }, kind = "") {
  return () => [button(t("order.pay_look"), () => orPage(() => openPayment(number)), { kind })];
}

/** An order that is not paid: why not, and the ways on. */
function openView(order, icon, words, ways) {
  const time = order.pay_until.slice(11, 16);
  return () => [
    ...calm(icon, t(words), t(`${words}_text`, { time, yen: yen(order.payment.yen) }), ways && el("div", { class: "stack" }, ...ways())),
    what(order),
    order.may_cancel && button(t("order.cancel"), () => go(cancelView(order)), { kind: "text" }),
    toList(),
  ];
}

/** An order that was taken back, with what becomes of the money. */
function endedView(order) {
  return () => [
    ...calm("note", t(`orders.state_${order.state}`), t(`order.money_${moneyOf(order)}`),
      el("a", { class: "button", href: addressOf("/liff/reorder", { number: order.number }), text: t("order.again") })),
    what(order),
    toList(),
  ];
}

function what(order) {
  return el("section", { class: "card stack" }, facts(rowsOf(order)), linesOf(order.lines), sumsOf(order));
}

function toList() {
  return el("a", { class: "button-text", href: addressOf("/liff/order"), text: t("orders.to_all") });
}
