// Short notes at the foot of the screen: what was copied, what went wrong.

import { ApiError } from "./api.js";
import { byId, el } from "./dom.js";
import { t } from "./words.js";

const LIFE_MS = 3500;

let holder = null;

/**
 * Say something for a moment; screen readers hear it too.
 * @param {string} text
 */
export function toast(text) {
  holder ??= el("div", { class: "toasts", role: "status" });
  // What lies under an open window can be neither seen nor heard.
  const place = document.querySelector("dialog[open]") || byId("screen");
  if (holder.parentNode !== place) place.append(holder);
  const note = el("p", { class: "toast", text });
  holder.replaceChildren(note);
  setTimeout(() => note.remove(), LIFE_MS);
}

/**
 * Run something that asks the server, and tell the reader where it fails.
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T|undefined>}
 */
export async function orToast(work) {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(error.status === 0 ? t("page.no_server") : t("page.failed", { detail: error.message }));
    return undefined;
  }
}
