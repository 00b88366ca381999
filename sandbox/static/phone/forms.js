// Panels and small forms of the tools: fields from a list, their values as JSON for the control API.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { orToast } from "./toast.js";

let made = 0;

/**
 * @typedef {{name: string, label: string, type?: "text"|"url"|"number", options?: [string, string][], value?: string,
 *   required?: boolean, placeholder?: string, pattern?: string, min?: string, max?: string, step?: string}} Field
 */

/**
 * A panel with a heading.
 * @param {string} iconName
 * @param {string} title
 * @param {...Node} content
 */
export function panel(iconName, title, ...content) {
  return el("section", { class: "tool-panel" }, el("h3", {}, icon(iconName, 20), title), ...content);
}

/**
 * A form that hands its filled fields to `send`; an empty field is left out.
 * @param {Field[]} fields
 * @param {string} button
 * @param {function(Object): Promise<*>} send
 * @returns {HTMLFormElement}
 */
export function form(fields, button, send) {
  const node = el("form", { class: "tool-form" }, ...fields.map(labelled),
    el("button", { class: "button-primary", type: "submit", text: button }));
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    const done = await orToast(send(valuesOf(node, fields)));
    if (done) node.reset();
  });
  return node;
}

function labelled(field) {
  made += 1;
  const id = `field-${made}`;
  return el("div", { class: "tool-field" }, el("label", { for: id, text: field.label }), control(field, id));
}

function control({ name, label, options, ...attributes }, id) {
  if (!options) return el("input", { class: "field", id, name, type: "text", autocomplete: "off", ...attributes });
  return el("select", { class: "field", id, name },
    ...options.map(([value, text]) => el("option", { value, text, selected: value === attributes.value })));
}

function valuesOf(node, fields) {
  const values = {};
  for (const field of fields) {
    const text = node.elements[field.name].value.trim();
    if (text !== "") values[field.name] = field.type === "number" ? Number(text) : text;
  }
  return values;
}
