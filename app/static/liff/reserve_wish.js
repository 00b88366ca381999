// What somebody wants to reserve, but for the time: the service, for how many, with what, by whom.

import { el } from "./dom.js";
import { checkRow, field, form, valuesOf } from "./forms.js";
import { minutesOf, people, priceOf, yen } from "./reserve_words.js";
import { backButton, draw } from "./views.js";
import { said, t } from "./words.js";

/**
 * @typedef {{store: number, service: number, party: number, options: string[], resource: number|null}} Wish as the server reads it
 *
 * @param {Object} store as GET /liff/api/reserve has it
 * @param {function(Object, Object, Wish): Promise<void>} done
 * @returns {function(): Node[]}
 */
export function wishView(store, done) {
  let service = store.services[0];
  let wish = fresh(store, service);
  const choose = (other) => {
    service = other;
    wish = fresh(store, service);
    draw({ stay: true });
  };
  return () => [
    backButton(),
    el("h1", { text: said(store.name) }),
    store.services.length > 1 && services(store, service, choose),
    about(service, wish),
    form([partyField(service, wish), ...optionFields(service, wish), staffField(store, service, wish)],
      t("reserve.to_times"), async (node) => done(store, service, read(node, wish))),
  ];
}

function fresh(store, service) {
  return { store: store.id, service: service.id, party: Math.max(service.party_min, Math.min(2, service.party_max)), options: [], resource: null };
}

function services(store, chosen, choose) {
  return el("div", { class: "stack", role: "group", "aria-label": t("reserve.service") }, ...store.services.map((service) => {
    const node = el("button", { class: "choice choice-plain", type: "button", id: `service-${service.id}`, on: { click: () => choose(service) } },
      el("span", {}, el("strong", { text: said(service.name) }), el("small", { text: summary(service) })));
    node.ariaPressed = String(service === chosen);
    return node;
  }));
}

function summary(service) {
  const price = service.price === null ? "" : yen(service.price) + (service.per_person ? t("reserve.each") : "");
  return [t("reserve.minutes", { count: service.minutes }), price].filter(Boolean).join(" / ");
}

function about(service, wish) {
  const words = [service.text && said(service.text), service.deposit && said(service.deposit)].filter(Boolean);
  return el("section", { class: "card stack" },
    el("h2", { text: said(service.name) }),
    ...words.map((text) => el("p", { class: "lead", text })),
    el("p", { class: "small", text: [t("reserve.minutes", { count: minutesOf(service, wish) }), priceOf(service, wish)].filter(Boolean).join(" / ") }),
    service.audience !== "anyone" && el("p", { class: "small", text: t(service.audience === "linked" ? "reserve.for_linked" : "reserve.for_tier") }));
}

function partyField(service, wish) {
  const counts = Array.from({ length: service.party_max - service.party_min + 1 }, (_, index) => service.party_min + index);
  return field({
    name: "party", label: t("reserve.party"), value: String(wish.party), options: counts.map((count) => [String(count), people(count)]),
  });
}

function optionFields(service, wish) {
  return service.options.map(({ code, name, minutes, price }) => {
    const box = el("input", { type: "checkbox", id: `field-option-${code}`, name: `option-${code}`, value: code, checked: wish.options.includes(code) });
    const more = [minutes ? t("reserve.plus_minutes", { count: minutes }) : "", price ? `+${yen(price)}` : ""].filter(Boolean).join(" ");
    return el("div", { class: "field" }, checkRow(box, said(name), " ", el("span", { class: "mark mark-optional", text: more })));
  });
}

function staffField(store, service, wish) {
  const able = store.staff.filter(({ services: theirs }) => theirs.includes(service.id));
  if (!able.length) return null;
  return field({
    name: "resource", label: t("reserve.wished"), value: String(wish.resource || ""),
    options: [["", t("reserve.anybody")], ...able.map(({ id, name }) => [String(id), said(name)])],
  });
}

function read(node, wish) {
  const { party, resource } = valuesOf(node);
  const options = [...node.elements].filter(({ type, checked }) => type === "checkbox" && checked).map(({ value }) => value);
  return Object.assign(wish, { party: Number(party), options, resource: Number(resource) || null });
}
