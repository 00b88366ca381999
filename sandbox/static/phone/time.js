// Times and days as a messenger writes them, in the reader's own time zone.

import { language, t } from "./words.js";

const LOCALE = language === "en" ? "en-GB" : "ja-JP";
const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const SECONDS = new Intl.DateTimeFormat(LOCALE, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const SHORT_DAY = new Intl.DateTimeFormat(LOCALE, { month: "numeric", day: "numeric" });
const DAY_MS = 24 * 60 * 60 * 1000;

// How far the sandbox's clock is ahead of the browser's, in milliseconds.
let ahead = 0;

/** The sandbox has told its time. @param {number} ms since 1970 */
export function setNow(ms) {
  ahead = ms - Date.now();
}

/** The sandbox's time. */
export function now() {
  return new Date(Date.now() + ahead);
}

/**
 * The moment of a record: ISO text or milliseconds since 1970.
 * @param {string|number} at
 * @returns {Date}
 */
export function moment(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? new Date() : date;
}

/** Hours and minutes. @param {Date} date */
export function clock(date) {
  return CLOCK.format(date);
}

/** How long a film or a sound is, as "1:05". @param {number} ms */
export function lengthOf(ms) {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Hours, minutes and seconds. @param {Date} date */
export function clockWithSeconds(date) {
  return SECONDS.format(date);
}

/** The same text for two moments of one day. @param {Date} date */
export function dayKey(date) {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** 「今日」, 「昨日」, 「11月21日(土)」, with the year where it is another one. @param {Date} date */
export function dayLabel(date) {
  const today = now();
  if (dayKey(date) === dayKey(today)) return t("talk.today");
  if (dayKey(date) === dayKey(new Date(today.getTime() - DAY_MS))) return t("talk.yesterday");
  const year = date.getFullYear() === today.getFullYear() ? undefined : "numeric";
  const options = { year, month: language === "en" ? "short" : "long", day: "numeric", weekday: "short" };
  return new Intl.DateTimeFormat(LOCALE, options).format(date);
}

/** How a list of talks tells when something was said: the time today, else the day. @param {Date} date */
export function shortMoment(date) {
  const today = now();
  if (dayKey(date) === dayKey(today)) return clock(date);
  if (dayKey(date) === dayKey(new Date(today.getTime() - DAY_MS))) return t("talk.yesterday");
  return SHORT_DAY.format(date);
}
