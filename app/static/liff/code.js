// Entering a code of six digits from an e-mail.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { field, form, showProblems } from "./forms.js";
import { button, notice } from "./views.js";
import { t } from "./words.js";

/**
 * The form for a code.
 * @param {string} confirm words of the button
 * @param {function(string): Promise<*>} check takes the six digits
 * @param {Object<string, function(Problem, HTMLFormElement): *>} known as in forms.js
 */
export function codeForm(confirm, check, known) {
  const box = field({
    name: "code", label: t("form.code"), required: true, missing: t("form.code_missing"), class: "input-code",
    inputmode: "numeric", autocomplete: "one-time-code",
  });
  const control = box.querySelector("input");
  control.addEventListener("input", ({ isComposing }) => {
    if (!isComposing) keepDigits(control);
  });
  control.addEventListener("compositionend", () => keepDigits(control));
  return form([box], confirm, async (node) => {
    if (control.value.length === 6) await check(control.value);
    else showProblems(node, [{ field: "code", text: t("form.code_missing") }]);
  }, known);
}

// People paste "123-456" and type full-width digits.
function keepDigits(control) {
  const digits = control.value.normalize("NFKC").replace(/\D/g, "").slice(0, 6);
  if (digits !== control.value) control.value = digits;
}

/**
 * The view that confirms a new e-mail address.
 * @param {{session: string, expires_in: number}} sent as the server's `confirm_email`
 * @param {string} email
 * @param {{done: function(): *, over: function(): *, later?: string}} ways what comes after; `later`: the button to go on without
 */
export function emailCodeView({ session, expires_in }, email, { done, over, later }) {
  const wrong = ({ more }, node) => showProblems(node, [{ field: "code", text: t("form.email_wrong", { left: more.tries_left }) }]);
  return () => [
    el("h1", { text: t("form.email_code_title") }),
    el("p", { class: "lead", text: t("form.email_code_text", { email, minutes: Math.floor(expires_in / 60) }) }),
    codeForm(t("form.email_code_confirm"), async (code) => {
      await ask("POST", "/email/prove", { session, code });
      await done();
    }, {
      wrong_proof: wrong,
      session_over: (_problem, node) => node.before(notice(t("form.email_over"), { bad: true })),
    }),
    button(later, over, { kind: "text" }),
  ];
}
