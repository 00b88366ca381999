// How a reservation reads: when, what, for how many, and for how much. Times are the store's, as the server writes them.

import { dayOf, language, said, t } from "./words.js";

/** The store's day of a moment such as "2026-12-01T10:00:00+09:00". */
export function dayPart(moment) {
  return moment.slice(0, 10);
}

/** The store's wall-clock time of a moment. */
export function timePart(moment) {
  return moment.slice(11, 16);
}

/** Day and time of a reservation, for people. */
export function whenOf({ starts_at: start, ends_at: end }) {
  return `${dayOf(dayPart(start))} ${timePart(start)}–${timePart(end)}`;
}

/** The name of a month, such as "2026年12月". @param {string} month YYYY-MM */
export function monthOf(month) {
  const look = { year: "numeric", month: "long", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : "ja-JP", look).format(new Date(`${month}-01T00:00:00Z`));
}

/** How many people, for people. */
export function people(count) {
  return t(count === 1 ? "reserve.person" : "reserve.people", { count });
}

/** What a wish costs, or "" where that is not told. */
export function priceOf(service, { party, options }) {
  if (service.price === null) return "";
  const chosen = service.options.filter(({ code }) => options.includes(code));
  const one = chosen.reduce((sum, { price }) => sum + price, service.price);
  return yen(service.per_person ? one * party : one);
}

/** How long a wish takes, in minutes. */
export function minutesOf(service, { options }) {
  return service.options.filter(({ code }) => options.includes(code)).reduce((sum, each) => sum + each.minutes, service.minutes);
}

/** Yen, for people; free of charge for none. */
export function yen(amount) {
  return amount ? t("reserve.yen", { amount: new Intl.NumberFormat(language).format(amount) }) : t("reserve.free");
}

/** What a reservation is, as rows of `facts`. */
export function rowsOf(booking) {
  const listed = (each) => each.map(({ name }) => said(name)).join(language === "en" ? ", " : "、");
  return [
    [t("reserve.when"), whenOf(booking)],
    [t("reserve.store"), said(booking.store)],
    [t("reserve.service"), said(booking.service)],
    [t("reserve.party"), people(booking.party)],
    [t("reserve.options"), listed(booking.options)],
    [t("reserve.staff"), listed(booking.staff)],
    [t("reserve.price"), booking.price === null ? "" : yen(booking.price)],
    [t("reserve.note"), booking.note],
  ];
}
