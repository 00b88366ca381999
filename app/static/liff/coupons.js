// /liff/coupons: the member's coupons, usable ones first, gift codes, and a code to type in.

import { ask } from "./api.js";
import { couponView } from "./coupon.js";
import { picture, storesOf, untilOf } from "./coupon_words.js";
import { el, icon } from "./dom.js";
import { field, form, showProblems, valuesOf } from "./forms.js";
import { addressOf } from "./frame.js";
import { giftPart } from "./gift.js";
import { me, start } from "./me.js";
import { closeButton, orPage } from "./problems.js";
import { calm, go, say, show } from "./views.js";
import { dayOf, said, t } from "./words.js";

/** What GET /liff/api/coupons says. */
let wallet = null;

start(() => (me.linked ? orPage(open) : show(nobody)));

async function open() {
  await load();
  show(page);
}

async function load() {
  wallet = await ask("GET", "/coupons");
}

function nobody() {
  return calm("ticket", t("coupons.not_linked"), t("coupons.not_linked_text"), el("div", { class: "stack" },
    el("a", { class: "button", href: addressOf("/liff/link"), text: t("coupons.link") }), closeButton()));
}

function page() {
  const { usable, soon, used, expired, gifts } = wallet;
  return [
    el("h1", { text: t("coupons.title") }),
    usable.length ? part(t("coupons.usable"), usable) : nothing(),
    gifts.length > 0 && el("section", { class: "stack" }, el("h2", { text: t("coupons.gifts") }), ...gifts.map(giftPart)),
    soon.length > 0 && part(t("coupons.soon"), soon),
    codeForm(),
    folded(t("coupons.used", { count: used.length }), used),
    folded(t("coupons.expired", { count: expired.length }), expired),
    el("a", { class: "button-text", href: addressOf("/liff/"), text: t("common.home") }),
  ];
}

function nothing() {
  return el("section", { class: "card calm" }, el("div", { class: "calm-icon" }, icon("ticket")),
    el("h2", { text: t("coupons.none") }), el("p", { class: "lead", text: t("coupons.none_text") }));
}

function part(title, coupons) {
  return el("section", { class: "stack" }, el("h2", { text: title }), ...coupons.map(ticket));
}

function ticket(coupon) {
  return el("button", { class: "ticket", type: "button", on: { click: () => go(couponView(coupon, reopened)) } },
    picture(coupon),
    el("span", { class: "ticket-body" },
      el("strong", { text: said(coupon.title) }),
      el("span", { class: "ticket-until" }, icon("clock"), untilOf(coupon)),
      el("small", { text: storesOf(coupon) })),
    icon("next"));
}

/** After a coupon was used: the wallet as it stands now. */
async function reopened() {
  await orPage(open);
}

function folded(title, coupons) {
  if (!coupons.length) return null;
  return el("details", { class: "card" }, el("summary", { text: title }),
    el("ul", { class: "past" }, ...coupons.map((coupon) => el("li", {},
      el("span", { text: said(coupon.title) }),
      el("small", { text: coupon.used ? t("coupons.used_on", { day: dayOf(coupon.used) }) : untilOf(coupon) })))));
}

function codeForm() {
  const box = field({
    name: "code", label: t("coupons.code"), hint: t("coupons.code_hint"), required: true, missing: t("coupons.code_missing"),
    autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 100,
  });
  // Pressed again after a lost answer the same code must not bring a second coupon.
  let tried = { code: "", key: "" };
  const node = form([el("h2", { text: t("coupons.type") }), box], t("coupons.code_send"), async () => {
    const { code } = valuesOf(node);
    if (tried.code !== code) tried = { code, key: crypto.randomUUID() };
    await ask("POST", "/coupons/typed", tried);
    await load();
    show(page);
    say(t("coupons.code_done"));
  }, {
    wrong_coupon_code: wrong("coupons.wrong"), coupon_over: wrong("coupons.over"),
    out_of_stock: wrong("coupons.out_of_stock"), over_limit: wrong("coupons.over_limit"),
  });
  return node;
}

function wrong(key) {
  return (_problem, node) => showProblems(node, [{ field: "code", text: t(key) }]);
}
