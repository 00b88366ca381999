// How an order reads: what, when, for how much. Moments are the shop's, as the server writes them.

import { language, said, t } from "./words.js";

/** Yen, for people. @param {number} amount */
export function yen(amount) {
  return t("orders.yen", { amount: new Intl.NumberFormat(language).format(amount) });
}

/** Day and time of a moment such as "2026-12-01T10:00:00+09:00", which is never far away. */
export function when(moment) {
  const look = { month: "short", day: "numeric", weekday: "short", timeZone: "UTC" };
  const day = new Intl.DateTimeFormat(language === "en" ? "en-GB" : "ja-JP", look).format(new Date(`${moment.slice(0, 10)}T00:00:00Z`));
  return `${day} ${moment.slice(11, 16)}`;
}

/** A product with its size. @param {{name: Object, size: ?Object}} line */
export function named({ name, size }) {
  return [said(name), size && said(size)].filter(Boolean).join(" ");
}

/** Where an order goes: a store's counter, or an address. */
export function wayOf({ way, address }) {
  if (way === "other") return "";
  return way === "delivery" ? `${t("orders.delivery")} ${address || ""}`.trim() : t("orders.pickup");
}

/** Whether an order came to nothing. */
export function isTakenBack({ state }) {
  return ["refused", "cancelled", "refunded"].includes(state);
}

/** Whether an order waits for its customer to pay it online. */
export function isUnpaid({ state, payment }) {
  return state === "placed" && Boolean(payment) && ["wanted", "begun"].includes(payment.stands);
}

/** How an order stands. */
export function stateOf(order) {
  return t(isUnpaid(order) ? "orders.state_unpaid" : `orders.state_${order.state}`);
}

/** What becomes of the money of an order that came to nothing. @returns {"cancelled"|"refunded"|"ending"} */
export function moneyOf({ payment: { stands } }) {
  return ["cancelled", "refunded"].includes(stands) ? stands : "ending";
}

function paymentOf(order) {
  if (isTakenBack(order)) return t(`orders.online_${moneyOf(order)}`);
  return t(order.payment.stands === "paid" ? "orders.online_paid" : "orders.state_unpaid");
}

/** What an order is, as rows of `facts`. */
export function rowsOf(order) {
  return [
    [t("orders.number"), order.number],
    [t("orders.when"), order.slot_at ? when(order.slot_at) : ""],
    [t("orders.store"), order.store ? said(order.store) : ""],
    [t("orders.way"), wayOf(order)],
    [t("orders.payment"), order.payment ? paymentOf(order) : ""],
    [t("orders.ready"), order.ready_at ? when(order.ready_at) : ""],
    [t("orders.tracking"), [order.carrier, order.tracking].filter(Boolean).join(" ")],
    [t("orders.note"), order.note || ""],
    [t("orders.reason"), order.reason || ""],
  ];
}
