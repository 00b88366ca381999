// One reservation: what it is, and how to change or cancel it.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { askButton } from "./problems.js";
import { addressOfAll, facts, waysOf } from "./reserve_parts.js";
import { chooseTime } from "./reserve_times.js";
import { rowsOf, whenOf } from "./reserve_words.js";
import { back, backButton, button, go } from "./views.js";
import { t } from "./words.js";

/**
 * @param {Object} booking as GET /liff/api/reserve has it
 * @param {Object} page all of that answer
 * @returns {function(): Node[]}
 */
export function bookingView(booking, page) {
  const plan = planOf(booking, page);
  return () => [
    backButton(),
    el("h1", { text: whenOf(booking) }),
    el("section", { class: "card stack" }, facts([[t("reserve.code"), booking.code], ...rowsOf(booking).slice(1)]), ...waysOf(booking)),
    booking.may_change && plan && askButton(t("reserve.change"), () => chooseTime(plan)),
    booking.may_cancel && button(t("reserve.cancel"), () => go(cancelView(booking)), { kind: "text" }),
    !booking.may_cancel && el("p", { class: "lead", text: t("reserve.call") }),
  ];
}

/** What chooseTime() needs to change it; null for what is not offered any more. */
function planOf(booking, page) {
  const store = page.stores.find(({ id }) => id === booking.store_id);
  const service = store?.services.find(({ id }) => id === booking.service_id);
  if (!service) return null;
  const wish = {
    store: store.id, service: service.id, party: booking.party, options: booking.options.map(({ code }) => code), resource: null,
  };
  return { store, service, wish, note: booking.note, most: page.limits.note, moving: booking };
}

function cancelView(booking) {
  const key = crypto.randomUUID();
  return () => [
    el("h1", { text: t("reserve.cancel_title") }),
    el("section", { class: "card stack" }, facts(rowsOf(booking).slice(0, 4))),
    askButton(t("reserve.cancel_do"), async () => {
      await ask("POST", `/reservations/${booking.code}/cancel`, {}, { key });
      location.assign(addressOfAll("cancelled"));
    }, { kind: "bad" }),
    button(t("reserve.keep"), () => back(), { kind: "quiet" }),
  ];
}
