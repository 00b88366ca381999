// Forms: fields with labels and hints, and what is wrong beside the field it is about.

import { el, icon } from "./dom.js";
import { orNote } from "./problems.js";
import { once } from "./views.js";
import { t } from "./words.js";

/**
 * @typedef {{name: string, label: string, hint?: string, required?: boolean, optional?: boolean,
 *   options?: [string, string][], value?: string, missing?: string}} Field with any attribute of its control;
 *   `missing`: what to say where a required field is empty
 */

/**
 * A field: label, control, hint. Words about what is wrong go below it (showProblems).
 * @param {Field} spec
 * @returns {HTMLElement}
 */
export function field({ name, label, hint, optional = false, options, value, missing, class: look = "", ...attributes }) {
  const id = `field-${name}`;
  const shared = {
    id, name, class: `input ${look}`, "aria-describedby": hint && `${id}-hint`,
    "data-hint": hint && `${id}-hint`, "data-label": label, "data-missing": missing, ...attributes,
  };
  const control = options
    ? el("select", shared, ...options.map(([key, text]) => el("option", { value: key, text, selected: key === (value || "") })))
    : el("input", { type: "text", ...shared, value });
  const mark = attributes.required
    ? el("span", { class: "mark", text: t("common.required") })
    : optional && el("span", { class: "mark mark-optional", text: t("common.optional") });
  return el("div", { class: "field" },
    el("label", { for: id }, label, mark),
    control,
    hint && el("p", { class: "hint", id: `${id}-hint`, text: hint }));
}

/**
 * Something to agree to, with its words behind a "read" that opens.
 * @param {{purpose: string, title: string, text: string, required: boolean}} consent as GET /me has it
 * @param {Object} [attributes] of the checkbox
 * @param {string} [missing] what to say where it is required and not ticked
 */
export function consentField({ purpose, title, text, required }, attributes = {}, missing = "") {
  const id = `field-consents.${purpose}`;
  const box = el("input", { type: "checkbox", id, name: `consents.${purpose}`, required, "data-label": title, "data-missing": missing, ...attributes });
  const mark = required ? { class: "mark", text: t("common.required") } : { class: "mark mark-optional", text: t("common.optional") };
  return el("div", { class: "consent field" }, checkRow(box, title, " ", el("span", mark)), consentText(text));
}

/**
 * The words of a consent, behind a "read" that opens.
 * @param {string} text
 */
export function consentText(text) {
  return text && el("details", {}, el("summary", { text: t("form.read") }), el("p", { text, tabindex: "0" }));
}

/**
 * A checkbox with its words; the whole row can be pressed.
 * @param {HTMLInputElement} box
 * @param {...(Node|string)} words
 */
export function checkRow(box, ...words) {
  return el("label", { class: "check", for: box.id }, box,
    el("span", { class: "box", "aria-hidden": "true" }, icon("check")), el("span", {}, ...words));
}

/**
 * A form whose button does `work` once every required field is filled.
 * @param {(Node|false|null)[]} nodes
 * @param {string} text of the button
 * @param {function(HTMLFormElement): Promise<*>} work
 * @param {Object<string, function(Problem, HTMLFormElement): *>} [known] what to do about problems, by code
 * @returns {HTMLFormElement}
 */
export function form(nodes, text, work, known = {}) {
  const send = el("button", { class: "button", type: "submit", text });
  const node = el("form", { class: "card form", novalidate: true }, ...nodes, send);
  const told = Object.entries(known).map(([code, act]) => [code, (problem) => act(problem, node)]);
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    once(send, () => orNote(send, async () => {
      const empty = emptyOnes(node);
      showProblems(node, empty);
      if (!empty.length) await work(node);
    }, Object.fromEntries(told)));
  });
  return node;
}

/**
 * What the fields hold, trimmed. Checkboxes are left out.
 * @param {HTMLFormElement} node
 * @returns {Object<string, string>}
 */
export function valuesOf(node) {
  const fields = [...node.elements].filter((control) => control.name && control.type !== "checkbox");
  return Object.fromEntries(fields.map((control) => [control.name, control.value.trim()]));
}

function emptyOnes(node) {
  const empty = (control) => (control.type === "checkbox" ? !control.checked : !control.value.trim());
  return [...node.elements]
    .filter((control) => control.required && empty(control))
    .map((control) => ({ field: control.name, text: control.dataset.missing || t("form.missing") }));
}

/**
 * Say beside each field what is wrong with it, sum up above, and go to the first of them.
 * @param {HTMLFormElement} node
 * @param {{field: string, text: string}[]} problems none takes earlier ones away
 */
export function showProblems(node, problems) {
  for (const old of node.querySelectorAll(".error, .summary")) old.remove();
  for (const control of node.querySelectorAll("[aria-invalid]")) describe(control, null);
  if (!problems.length) return;
  for (const { field: name, text } of problems) {
    const control = node.elements[name];
    if (control) describe(control, text);
  }
  const loose = problems.filter(({ field: name }) => !node.elements[name]);
  if (problems.length > 1 || loose.length) node.prepend(summary(node, problems));
  (node.querySelector("[aria-invalid]") || node.querySelector(".summary")).focus();
}

function describe(control, text) {
  const ids = [control.dataset.hint].filter(Boolean);
  if (text) {
    const id = `${control.id}-error`;
    control.closest(".field").append(el("p", { class: "error", id, text }));
    control.setAttribute("aria-invalid", "true");
    ids.unshift(id);
  } else control.removeAttribute("aria-invalid");
  if (ids.length) control.setAttribute("aria-describedby", ids.join(" "));
  else control.removeAttribute("aria-describedby");
}

function summary(node, problems) {
  const items = problems.map(({ field: name, text }) => {
    const control = node.elements[name];
    if (!control) return el("li", { text });
    const to = (event) => {
      event.preventDefault();
      control.focus();
    };
    return el("li", {}, el("a", { href: `#${control.id}`, on: { click: to }, text: `${control.dataset.label}: ${text}` }));
  });
  return el("div", { class: "summary notice notice-bad", role: "alert", tabindex: "-1" },
    el("p", { text: t("form.check", { count: problems.length }) }), el("ul", {}, ...items));
}
