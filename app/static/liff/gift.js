// A gift code: shown when asked for, and copied by a button.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { askButton } from "./problems.js";
import { announce, button } from "./views.js";
import { said, t } from "./words.js";

/** @param {{id: number, title: Object, text: Object}} gift as GET /liff/api/coupons has it */
export function giftPart(gift) {
  const place = el("div", { class: "stack" });
  place.append(askButton(t("coupons.gift_show"), async () => {
    const { code } = await ask("POST", `/gifts/${gift.id}`, {}, { live: true });
    place.replaceChildren(...shown(code));
  }, { kind: "quiet" }));
  return el("section", { class: "card stack" },
    el("h3", { text: said(gift.title) }), el("p", { class: "lead", text: said(gift.text) }), place);
}

function shown(code) {
  const answer = el("p", { class: "small" });
  const copy = button(t("coupons.gift_copy"), async () => {
    const done = await navigator.clipboard.writeText(code).then(() => true, () => false);
    answer.textContent = t(done ? "coupons.gift_copied" : "coupons.gift_not_copied");
    announce(answer.textContent);
  }, { kind: "quiet" });
  return [el("p", { class: "gift-code number", text: code }), copy, answer];
}
