// How and when it is had, for whom, with which points and coupon: all but the last look.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { field, form, showProblems, valuesOf } from "./forms.js";
import { confirmView } from "./order_confirm.js";
import { basket, shownOf } from "./order_picked.js";
import { facts, waysToPay } from "./orders_parts.js";
import { named, when, yen } from "./orders_words.js";
import { fillsIn } from "./postcode.js";
import { orNote } from "./problems.js";
import { backButton, button, draw, go, notice, once } from "./views.js";
import { said, t } from "./words.js";

const TO = ["name", "phone", "postal_code", "address"];

/** @param {Object} at page, store and menu. @returns {function(): Node[]} */
export function checkoutView(at) {
  const plan = { way: "", slots: [], edits: false, to: { ...at.page.contact }, filled: "", note: "", points: 0, coupon: null, pay: "store", slot: "" };
  const choose = async (way) => {
    const { slots } = await ask("GET", "/order/slots", undefined, { query: { store: at.store.code, way } });
    Object.assign(plan, { way, slots, slot: slots[0]?.at || "" });
    draw({ stay: true });
  };
  return () => [
    backButton(),
    el("h1", { text: t("order.checkout") }),
    el("div", { class: "stack", role: "group", "aria-label": t("orders.way") }, ...at.store.ways.map((way) => wayButton(way, plan, choose))),
    plan.slots.length > 0 && details(at, plan),
    plan.way && !plan.slots.length && notice(t("order.no_time"), { bad: true }),
  ];
}

function wayButton(way, plan, choose) {
  const node = el("button", { class: "choice choice-plain", type: "button", id: `way-${way}` },
    el("span", {}, el("strong", { text: t(`orders.${way}`) }), el("small", { text: t(`order.${way}_text`) })));
  node.ariaPressed = String(plan.way === way);
  node.addEventListener("click", () => once(node, () => orNote(node, () => choose(way))));
  return node;
}

function details(at, plan) {
  const node = form([
    slotField(plan),
    ...contact(plan),
    ...spending(at, plan),
    at.page.online && field({ name: "pay", label: t("orders.pay"), value: plan.pay, options: waysToPay(plan.way) }),
    field({ name: "note", label: t("orders.note"), value: plan.note, maxlength: at.page.limits.note, optional: true, autocomplete: "off", hint: t("order.note_hint") }),
  ], t("order.to_confirm"), async () => {
    keep(node, plan);
    const asked = { store: basket.store, way: plan.way, slot_at: plan.slot, lines: basket.lines };
    const quote = await ask("POST", "/order/quote", { ...asked, postal_code: plan.way === "delivery" ? plan.to.postal_code || "" : "" });
    if (plan.points > quote.total) {
      showProblems(node, [{ field: "points", text: t("order.points_too_many", { count: quote.total }) }]);
      return;
    }
    go(confirmView(at, plan, quote));
  }, {
    not_on_sale: (problem) => node.lastChild.before(notice(t("order.gone", { names: names(problem, at) }), { bad: true })),
    bad_options: () => node.lastChild.before(notice(t("order.options_gone"), { bad: true })),
    not_delivered: () => showProblems(node, [{ field: "postal_code", text: t("orders.not_delivered") }]),
    below_minimum: ({ more }) => showProblems(node, [{ field: "slot", text: t("orders.below_minimum", { yen: yen(more.minimum) }) }]),
  });
  node.addEventListener("change", () => keep(node, plan));
  return node;
}

function names({ more }, { menu }) {
  const gone = basket.lines.filter(({ variant }) => variant in (more.why || {}));
  return gone.map((line) => named(shownOf(line, menu) || { name: { ja: line.variant } })).join(t("orders.between"));
}

function slotField({ slots, slot }) {
  const text = ({ at, left }) => (left <= 2 ? t("order.slot_few", { time: when(at), count: left }) : when(at));
  return field({ name: "slot", label: t("orders.when"), value: slot, options: slots.map((each) => [each.at, text(each)]) });
}

/** Whoever is known writes nothing; what is missing is asked for. */
function contact(plan) {
  const needed = plan.way === "delivery" ? TO : TO.slice(0, 2);
  const missing = needed.some((name) => !plan.to[name]);
  if (!missing && !plan.edits) {
    const change = () => { plan.edits = true; draw({ stay: true }); };
    return [facts([[t("orders.for"), plan.to.name], [t("order.phone"), plan.to.phone],
      [t("order.address"), plan.way === "delivery" ? `〒${plan.to.postal_code.replace(/^(...)(?=....$)/, "$1-")} ${plan.to.address}` : ""]]),
    button(t("order.change_contact"), change, { kind: "text" })];
  }
  plan.edits = true;
  const looks = {
    name: { autocomplete: "name", maxlength: 100 }, phone: { autocomplete: "tel", inputmode: "tel", maxlength: 20 },
    postal_code: { autocomplete: "postal-code", inputmode: "numeric", maxlength: 8, hint: t("form.postal_code_hint") },
    address: { autocomplete: "street-address", maxlength: 300 },
  };
  const labels = { name: "orders.for", phone: "order.phone", postal_code: "order.postal_code", address: "order.address" };
  const nodes = needed.map((name) => field({ name, label: t(labels[name]), value: plan.to[name] || "", required: true, ...looks[name] }));
  if (plan.way === "delivery") fillsIn(nodes[2], fillAddress(plan, nodes[3].querySelector("input")));
  return nodes;
}

/** Put a place into the field of the address, unless somebody has written there. */
function fillAddress(plan, input) {
  return ({ prefecture, city, street }) => {
    if (input.value.trim() !== plan.filled) return "";
    plan.filled = [prefecture, city, street].filter(Boolean).join("");
    input.value = plan.filled;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return t("order.address_found");
  };
}

function spending({ page, store }, plan) {
  const usable = page.coupons.filter(({ stores }) => !stores.length || stores.includes(store.code));
  return [
    page.points > 0 && field({ name: "points", label: t("order.points"), value: String(plan.points || ""), inputmode: "numeric", maxlength: 8,
      optional: true, hint: t("order.points_hint", { count: page.points }) }),
    usable.length > 0 && field({ name: "coupon", label: t("order.coupon"), value: String(plan.coupon || ""), hint: t("order.coupon_hint"),
      options: [["", t("order.no_coupon")], ...usable.map(({ id, title }) => [String(id), said(title)])] }),
  ];
}

function keep(node, plan) {
  const written = valuesOf(node);
  const points = Number((written.points || "0").normalize("NFKC"));
  Object.assign(plan, { slot: written.slot, note: written.note, points: Number.isInteger(points) && points > 0 ? points : 0, coupon: Number(written.coupon) || null, pay: written.pay || "store" });
  for (const name of TO) if (name in written) plan.to[name] = written[name].normalize("NFKC");
  if (plan.to.postal_code) plan.to.postal_code = plan.to.postal_code.replace(/\D/g, "");
}
