// What the views of reservations are made of: rows, free times, ways on.

import { el } from "./dom.js";
import { addressOf } from "./frame.js";
import { dayPart, timePart } from "./reserve_words.js";
import { button } from "./views.js";
import { dayOf, t } from "./words.js";

/** Rows of a reservation or of a wish. @param {[string, string][]} rows those without a text are left out */
export function facts(rows) {
  return el("dl", { class: "facts" }, ...rows.filter(([, text]) => text).map(([label, text]) =>
    el("div", {}, el("dt", { text: label }), el("dd", { text }))));
}

/**
 * A free time.
 * @param {string} start
 * @param {function(): *} work
 * @param {{day?: boolean}} [options] `day`: say the day too
 */
export function slot(start, work, { day = false } = {}) {
  const text = day ? `${dayOf(dayPart(start))} ${timePart(start)}` : timePart(start);
  const node = button(text, () => work(node), { kind: "quiet" });
  node.classList.add("slot", "number");
  return node;
}

/** To the calendar of the phone, and to a map. @returns {Node[]} */
export function waysOf({ calendar, map }) {
  return [
    el("a", { class: "button-quiet", href: calendar, text: t("reserve.calendar") }),
    el("a", { class: "button-quiet", href: map, target: "_blank", rel: "noopener noreferrer", text: t("reserve.map") }),
  ];
}

/**
 * Where the first view is, as things stand then.
 * @param {"cancelled"|"waits"|""} done what it shall say
 */
export function addressOfAll(done = "") {
  return addressOf("/liff/reserve", done ? { done } : {});
}
