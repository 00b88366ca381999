// When no code can be shown: find the member, hear a second factor from them, say why.

import { el, icon } from "./dom.js";
import { t } from "./words.js";

/**
 * @param {HTMLElement} place
 * @param {{search: function(string, function({members: Object[]}): void): Promise<void>,
 *   open: function(number, string, string, string): Promise<void>, back: function(): void}} ways
 * @param {string} number of the member, where it is known already
 */
export function lookUp(place, { search, open, back }, number) {
  const found = el("div", { class: "stack", role: "status" });
  const field = el("input", { class: "input", id: "who", name: "who", autocomplete: "off", maxlength: "100", enterkeyhint: "search", value: number });
  const form = el("form", { class: "card form", novalidate: true },
    el("h2", { tabindex: "-1", text: t("counter.look_up_title") }),
    el("p", { class: "small", text: t("counter.look_up_text") }),
    el("div", { class: "field" }, el("label", { for: "who", text: t("counter.who") }),
      el("div", { class: "beside" }, field, el("button", { class: "button", type: "submit", text: t("counter.search") }))),
    el("button", { class: "button-text", type: "button", text: t("counter.back"), on: { click: () => back() } }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // The server is told by what they were found: it is no proof of them.
    const who = field.value;
    const prove = (id, factor, reason) => open(id, who, factor, reason);
    if (who.trim()) search(who, ({ members }) => found.replaceChildren(...results(members, prove)));
  });
  place.replaceChildren(form, found);
  field.focus();
  if (number) form.requestSubmit();
}

function results(members, open) {
  if (!members.length) return [el("p", { class: "notice", text: t("counter.nobody") })];
  return members.map((one) => choice(one, open));
}

function choice(one, open) {
  const details = el("details", { class: "card found", name: "found" },
    el("summary", {}, el("span", {}, el("strong", { text: one.name }),
      el("small", { class: "number", text: t("counter.ends_with", { number: one.number }) })), icon("next")));
  details.addEventListener("toggle", () => {
    if (details.open && !details.querySelector("form")) details.append(proof(one, open));
  });
  return details;
}

function proof(one, open) {
  const factor = el("input", { class: "input", id: `factor-${one.id}`, inputmode: "numeric", autocomplete: "off", maxlength: "4" });
  const reason = el("input", { class: "input", id: `reason-${one.id}`, autocomplete: "off", maxlength: "200" });
  const form = el("form", { class: "form", novalidate: true },
    el("div", { class: "field" }, el("label", { for: factor.id, text: t("counter.factor") }),
      el("p", { class: "hint", text: t("counter.factor_hint") }), factor),
    el("div", { class: "field" }, el("label", { for: reason.id, text: t("counter.reason") }),
      el("p", { class: "hint", text: t("counter.reason_hint") }), reason),
    el("button", { class: "button", type: "submit", text: t("counter.open") }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    open(one.id, factor.value.trim(), reason.value.trim());
  });
  return form;
}
