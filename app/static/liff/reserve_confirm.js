// The last look before a time is reserved or changed, and what comes after it.

import { ask } from "./api.js";
import { el, icon } from "./dom.js";
import { field, form, valuesOf } from "./forms.js";
import { closeButton, orNote } from "./problems.js";
import { addressOfAll, facts, slot, waysOf } from "./reserve_parts.js";
import { dayPart, minutesOf, people, priceOf, rowsOf, timePart } from "./reserve_words.js";
import { backButton, finish, notice, show } from "./views.js";
import { dayOf, said, t } from "./words.js";

/**
 * Hold a time, and show it for a last look. Who moves keeps the time they have until they confirm.
 * @param {Object} plan as chooseTime() has it
 * @param {string} start a moment of the store
 * @param {HTMLElement} node above which is said what is in the way
 * @param {function} then go or show
 */
export function hold(plan, start, node, then) {
  if (plan.moving) return then(confirmView(plan, start));
  return orNote(node, async () => {
    const key = crypto.randomUUID();
    const { reservation } = await ask("POST", "/reservations/holds", { ...plan.wish, starts_at: start }, { key });
    then(confirmView(plan, start, reservation));
  }, { slot_taken: (problem) => then(takenView(plan, problem)) });
}

function confirmView(plan, start, held) {
  // Sent again after a lost answer it is the same request.
  const key = crypto.randomUUID();
  return () => [
    backButton(),
    el("h1", { text: t(plan.moving ? "reserve.confirm_move" : "reserve.confirm") }),
    held && notice(t("reserve.held_until", { time: timePart(held.hold_until) })),
    el("section", { class: "card stack" }, facts(rows(plan, start)), plan.service.deposit && el("p", { class: "small", text: said(plan.service.deposit) })),
    form([noteField(plan)], t(plan.moving ? "reserve.do_move" : "reserve.do"), async (node) => {
      plan.note = valuesOf(node).note;
      const { reservation } = await send(plan, start, held, key);
      finish(doneView(reservation, plan));
    }, {
      slot_taken: (problem) => show(takenView(plan, problem)),
      // The minutes are over: hold it once more, if nobody was quicker.
      hold_expired: (_problem, node) => hold(plan, start, node, show),
    }),
  ];
}

function send({ wish, note, moving }, starts_at, held, key) {
  if (held) return ask("POST", `/reservations/${held.code}/confirm`, { note }, { key });
  const { party, options, resource } = wish;
  const body = { starts_at, version: moving.version, party, options, resource, note };
  return ask("POST", `/reservations/${moving.code}/move`, body, { key });
}

function rows({ store, service, wish, moving }, start) {
  const chosen = service.options.filter(({ code }) => wish.options.includes(code)).map(({ name }) => said(name));
  const wished = store.staff.find(({ id }) => id === wish.resource);
  return [
    [t("reserve.when"), `${dayOf(dayPart(start))} ${timePart(start)}`],
    [t("reserve.was"), moving ? `${dayOf(dayPart(moving.starts_at))} ${timePart(moving.starts_at)}` : ""],
    [t("reserve.length"), t("reserve.minutes", { count: minutesOf(service, wish) })],
    [t("reserve.store"), said(store.name)],
    [t("reserve.service"), said(service.name)],
    [t("reserve.party"), people(wish.party)],
    [t("reserve.options"), chosen.join(t("reserve.between"))],
    [t("reserve.staff"), wished ? said(wished.name) : ""],
    [t("reserve.price"), priceOf(service, wish)],
  ];
}

function noteField({ note, most }) {
  return field({ name: "note", label: t("reserve.note"), hint: t("reserve.note_hint"), value: note, maxlength: most, optional: true, autocomplete: "off" });
}

/** Somebody was quicker: straight to the nearest free times. */
function takenView(plan, problem) {
  const nearest = problem.more.nearest || [];
  return () => [
    backButton(),
    el("h1", { text: t("reserve.taken") }),
    notice(t(nearest.length ? "reserve.taken_text" : "reserve.taken_none"), { bad: true }),
    nearest.length > 0 && el("section", { class: "card stack" }, el("h2", { text: t("reserve.nearest") }),
      el("div", { class: "stack" }, ...nearest.map((start) => slot(start, (node) => hold(plan, start, node.parentElement, show), { day: true })))),
  ];
}

function doneView(booking, plan) {
  return () => [
    el("section", { class: "card calm" },
      el("div", { class: "calm-icon" }, icon("check")),
      el("h1", { text: t(plan.moving ? "reserve.moved" : "reserve.made") }),
      el("p", { class: "lead", text: t("reserve.made_text") })),
    el("section", { class: "card stack" }, facts([[t("reserve.code"), booking.code], ...rowsOf(booking)]), ...waysOf(booking)),
    el("a", { class: "button", href: addressOfAll(), text: t("reserve.to_all") }),
    closeButton(),
  ];
}
