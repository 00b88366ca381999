// The last look before an order is placed.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { basket, clear } from "./order_picked.js";
import { facts, linesOf, place, placed, sumsOf, toAll, waysToPay, wordsOfBad } from "./orders_parts.js";
import { wayOf, when, yen } from "./orders_words.js";
import { askButton } from "./problems.js";
import { backButton, notice, say, show } from "./views.js";
import { said, t } from "./words.js";

/**
 * @param {Object} at page, store and menu
 * @param {Object} plan what checkoutView() has asked for
 * @param {Object} quote as POST /liff/api/order/quote has it
 * @returns {function(): Node[]}
 */
export function confirmView(at, plan, quote) {
  const { way, to } = plan;
  const online = plan.pay === "provider" && quote.total > plan.points;
  const coupon = at.page.coupons.find(({ id }) => id === plan.coupon);
  const rows = [
    [t("orders.when"), when(plan.slot)], [t("orders.store"), said(at.store.name)], [t("orders.way"), wayOf({ way, address: to.address })],
    [t("orders.for"), to.name], [t("order.phone"), to.phone], [t("order.coupon"), coupon ? said(coupon.title) : ""], [t("orders.note"), plan.note],
    [t("orders.pay"), at.page.online && quote.total > plan.points ? new Map(waysToPay(way)).get(plan.pay) : ""],
  ];
  return () => [
    backButton(),
    el("h1", { text: t("order.confirm") }),
    el("section", { class: "card stack" }, facts(rows)),
    el("section", { class: "card stack" }, linesOf(quote.lines), sumsOf({ ...quote, points: plan.points })),
    askButton(t(online ? "order.do_pay" : "order.do"), async () => {
      const order = await place("basket", written(plan, quote));
      clear();
      await placed(order);
    }, { known: known(at, plan) }),
    el("p", { class: "small", text: t(online ? "orders.pay_next" : "orders.pay_there") }),
  ];
}

function written({ way, slot, to, note, points, coupon, pay }, { total }) {
  const contact = { name: to.name, phone: to.phone, ...(way === "delivery" && { postal_code: to.postal_code, address: to.address }) };
  return { store: basket.store, way, slot_at: slot, lines: basket.lines, total, points, coupon, note: note || null, pay, contact };
}

function known(at, plan) {
  const told = (words) => (_problem, node) => node.before(notice(words, { bad: true }));
  const moved = () => { show(at.basketView()); say(t("order.moved")); };
  const changed = async () => {
    const asked = { store: basket.store, way: plan.way, slot_at: plan.slot, lines: basket.lines, postal_code: plan.to.postal_code || "" };
    const quote = await ask("POST", "/order/quote", asked);
    show(confirmView(at, plan, quote));
    say(t("orders.price_changed", { yen: yen(quote.total) }));
  };
  return {
    price_changed: changed, not_on_sale: moved, sold_out: moved, bad_options: moved,
    slot_full: told(t("order.slot_gone")), slot_closed: told(t("order.slot_gone")),
    bad_order: (problem, node) => told(wordsOfBad(problem))(problem, node), not_enough_points: told(t("order.points_gone")),
    order_key_reused: () => toAll("placed"), too_many_orders: told(t("orders.too_many")),
  };
}
