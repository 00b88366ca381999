// The words of the page in the language its reader chose. Messages themselves are never translated.

import { EN } from "./words_en.js";
import { JA } from "./words_ja.js";

const STORE_KEY = "tsunagu.phone.language";

function preferred() {
  const chosen = localStorage.getItem(STORE_KEY);
  if (chosen === "ja" || chosen === "en") return chosen;
  return navigator.language.startsWith("en") ? "en" : "ja";
}

/** The language of the page: "ja" or "en". */
export const language = preferred();

const WORDS = language === "en" ? EN : JA;

/**
 * A word of the page.
 * @param {string} key
 * @param {Object<string, string|number>} [values] what stands in for {name}
 */
export function t(key, values = {}) {
  return (WORDS[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Change to the other language; the page starts anew because all its words change. */
export function switchLanguage() {
  localStorage.setItem(STORE_KEY, language === "ja" ? "en" : "ja");
  location.reload();
}
