// Becoming a member: one screen.

import { ask } from "./api.js";
import { emailCodeView } from "./code.js";
import { el } from "./dom.js";
import { consentField, form, showProblems, valuesOf } from "./forms.js";
import { me } from "./me.js";
import { memberFields, problemsOf } from "./member_form.js";
import { backButton, finish } from "./views.js";
import { t } from "./words.js";

/**
 * @param {function({already?: boolean, number?: string, unsaved?: boolean}): *} joined goes on once there is a member
 * @returns {function(): Node[]}
 */
export function joinView(joined) {
  let draft = { name: me.person.name, email: me.person.email };
  let agreed = {};
  return () => {
    const node = form([
      ...memberFields(draft, me.stores),
      me.consents.length > 0 && el("fieldset", {}, el("legend", { text: t("link.consents") }),
        ...me.consents.map((one) => consentField(one, { checked: Boolean(agreed[one.purpose]) }, t("link.consent_missing")))),
    ], t("link.join"), (filled) => join(filled, joined), {
      bad_member: (problem, filled) => showProblems(filled, problemsOf(problem)),
      already_linked: () => joined({ already: true }),
    });
    // The page may be drawn again, in another language.
    node.addEventListener("input", () => {
      draft = valuesOf(node);
      agreed = consentsOf(node);
    });
    return [backButton(), el("h1", { text: t("link.join_title") }), el("p", { class: "lead", text: t("link.join_text") }), node];
  };
}

async function join(node, joined) {
  const filled = Object.entries(valuesOf(node)).filter(([, value]) => value);
  const body = { ...Object.fromEntries(filled), consents: consentsOf(node) };
  const { number, confirm_email: sent, email_unsaved: unsaved } = await ask("POST", "/join", body, { live: true });
  const on = () => joined({ number, unsaved });
  if (sent) finish(emailCodeView(sent, body.email, { done: on, over: on, later: t("link.later") }));
  else await on();
}

function consentsOf(node) {
  return Object.fromEntries(me.consents.map(({ purpose }) => [purpose, node.elements[`consents.${purpose}`].checked]));
}
