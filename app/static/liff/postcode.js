// A field of a postcode that fills in what the postcode says (GET /liff/api/address).

import { ask } from "./api.js";
import { Problem } from "./problem.js";
import { announce } from "./views.js";
import { t } from "./words.js";

/**
 * Fill in a place as soon as its postcode is whole, and say so in the field's hint.
 * @param {HTMLElement} postcode as forms.js makes it, with a hint
 * @param {function({prefecture: string, city: string, street: ?string}): string} put answers what to say about it
 */
export function fillsIn(postcode, put) {
  const hint = postcode.querySelector(".hint");
  let last = "";
  postcode.querySelector("input").addEventListener("input", async ({ target }) => {
    const digits = target.value.normalize("NFKC").replace(/\D/g, "");
    if (digits === last) return;
    last = digits;
    if (digits.length !== 7) return;
    const words = await fill(digits, put, () => digits === last);
    if (!words) return;
    hint.textContent = words;
    announce(words);
  });
}

// Without the table, or without a connection, people write their address themselves.
async function fill(digits, put, wanted) {
  try {
    const found = await ask("GET", "/address", undefined, { query: { postal_code: digits } });
    if (!wanted()) return "";
    return put(found);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return problem.code === "not_found" ? t("form.postal_code_unknown") : "";
  }
}
