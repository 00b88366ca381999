// The words of the page: the shell brings those of one language, the other is fetched when asked for.

import { told } from "./frame.js";

let words = JSON.parse(document.getElementById("words").textContent);

/** The language of the page now: "ja" or "en". */
export let language = document.documentElement.lang;

/** Whether the address itself asks for a language; that is stronger than what the person once chose. */
export const asked = new URLSearchParams(location.search).has("lang");

/**
 * A word of the page.
 * @param {string} key
 * @param {Object<string, string|number>} [values] what stands in for {name}
 */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * Speak another language from now on; what is on the screen has to be drawn again.
 * @param {"ja"|"en"} other
 * @returns {Promise<boolean>} whether the words could be had
 */
export async function speak(other) {
  if (other === language) return true;
  const answer = await fetch(told(`words-${other}`)).catch(() => null);
  if (!answer?.ok) return false;
  words = await answer.json();
  language = other;
  document.documentElement.lang = other;
  return true;
}

/**
 * What a record says in the page's language; Japanese where it has nothing in that one.
 * @param {Object<string, string>} words
 */
export function said(words) {
  return words[language] || words.ja;
}

/**
 * A day of the shop's, for people.
 * @param {string} day YYYY-MM-DD
 */
export function dayOf(day) {
  const look = { year: "numeric", month: "short", day: "numeric", weekday: "short", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : "ja-JP", look).format(new Date(`${day}T00:00:00Z`));
}
