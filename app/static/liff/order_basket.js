// The view of the basket.

import { el } from "./dom.js";
import { checkoutView } from "./order_checkout.js";
import { basket, keep, shownOf, sumOf } from "./order_picked.js";
import { named, yen } from "./orders_words.js";
import { askButton } from "./problems.js";
import { announce, backButton, button, draw, go, notice } from "./views.js";
import { t } from "./words.js";

/** @param {Object} at page, store and menu. @returns {function(): Node[]} */
export function basketView(at) {
  return () => [
    backButton(),
    el("h1", { text: t("order.basket") }),
    basket.store !== at.store.code || !basket.lines.length
      ? notice(t("order.basket_empty"))
      : el("section", { class: "card stack" },
        el("ul", { class: "picked" }, ...basket.lines.map((line, place) => row(line, place, at))),
        el("p", { class: "picked-sum" }, el("span", { text: t("order.subtotal") }), el("strong", { class: "number", text: yen(sumOf(at.menu)) }))),
    basket.lines.length > 0 && button(t("order.to_checkout"), () => go(checkoutView(at))),
  ];
}

function row(line, place, { store, menu, page }) {
  const shown = shownOf(line, menu);
  const name = shown ? named(shown) : line.variant;
  const change = async (pieces) => {
    const lines = basket.lines.map((each, other) => (other === place ? { ...each, pieces } : each)).filter((each) => each.pieces > 0);
    await keep(store.code, lines);
    draw({ stay: true });
    announce(pieces ? `${name} ${t("orders.pieces", { count: pieces })}` : t("order.removed", { name }));
  };
  const step = (sign, words, pieces, off) => {
    const node = askButton(sign, () => change(pieces), { kind: "quiet" });
    node.setAttribute("aria-label", `${name} ${words}`);
    node.id = `step-${place}-${words}`;
    node.classList.add("step");
    node.disabled = off;
    return node;
  };
  return el("li", {},
    el("div", {}, el("strong", { text: name }),
      el("small", { text: !shown || shown.state !== "on_sale" ? t("order.not_now") : shown.chosen }),
      shown && el("span", { class: "number", text: yen(shown.price * shown.pieces) })),
    el("div", { class: "steps" },
      step("−", t("order.fewer"), line.pieces - 1, false),
      el("span", { class: "number", text: String(line.pieces) }),
      step("＋", t("order.more"), line.pieces + 1, line.pieces >= page.limits.pieces)));
}
