// Who the page is for: asked once, changed by what the person does, and the page's language with it.

import { ask } from "./api.js";
import { Problem } from "./problem.js";
import { orPage } from "./problems.js";
import { begin } from "./session.js";
import { draw } from "./views.js";
import { asked, language, speak, t } from "./words.js";

/** What GET /liff/api/me says (app/liff/me.py). */
export let me = null;

/**
 * Begin the page: find out who is asking, then let it show itself.
 * @param {function(): *} open
 */
export function start(open) {
  const button = document.getElementById("language");
  button.addEventListener("click", () => switchTo(language === "ja" ? "en" : "ja").catch(ignored));
  return orPage(async () => {
    await begin();
    await refresh();
    if (!asked) await speakAndLabel(me.language);
    await open();
  }).then(() => { button.hidden = false; });
}

/** Ask the server anew; throws Problem. */
export async function refresh() {
  keep(await ask("GET", "/me"));
}

/**
 * Keep a newer answer of the same shape.
 * @param {Object} answer
 */
export function keep(answer) {
  me = answer;
}

/**
 * Speak another language, here and in the talk; throws Problem where the server cannot note it.
 * @param {"ja"|"en"} other
 */
export async function switchTo(other) {
  await speakAndLabel(other);
  draw({ stay: true });
  if (!me) return;
  await ask("PUT", "/language", { language: other });
  await refresh();
}

async function speakAndLabel(other) {
  await speak(other);
  const button = document.getElementById("language");
  button.lang = language === "ja" ? "en" : "ja";
  button.textContent = t("common.language");
}

// The page speaks the language already; that the server did not note it is no reason to stop.
function ignored(problem) {
  if (!(problem instanceof Problem)) throw problem;
}
