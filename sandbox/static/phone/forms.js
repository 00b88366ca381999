// Panels and small forms of the tools: fields from a list, their values as JSON for the control API.

import { keepPicture } from "./api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { readPhoto } from "./photos.js";
import { fileField } from "./pickers.js";
import { orToast, toast } from "./toast.js";
import { t } from "./words.js";

// Enough for the largest place a profile's picture is shown in.
const PICTURE_PX = 480;

let made = 0;

/**
 * `picture` is an address with a button that takes a file; `switch` is true or false.
 * `clearable`: emptied, the value is null instead of being left out.
 * @typedef {{name: string, label: string, type?: "text"|"url"|"number"|"picture"|"switch", options?: [string, string][],
 *   value?: string|boolean, clearable?: boolean, required?: boolean, placeholder?: string, pattern?: string, min?: string, max?: string,
 *   minlength?: string, maxlength?: string, step?: string}} Field
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

/**
 * One field with its label.
 * @param {Field} field
 * @returns {HTMLElement}
 */
export function labelled(field) {
  made += 1;
  const id = `field-${made}`;
  const label = el("label", { for: id, text: field.label });
  if (field.type === "switch") return el("div", { class: "tool-field tool-switch" }, label, toggle(field, id));
  return el("div", { class: "tool-field" }, label, field.options ? choice(field, id) : input(field, id));
}

function toggle({ name, value }, id) {
  return el("input", { class: "switch", id, name, type: "checkbox", role: "switch", checked: value });
}

function choice({ name, options, value }, id) {
  return el("select", { class: "field", id, name }, ...options.map(([key, text]) => el("option", { value: key, text, selected: key === value })));
}

function input({ label, type = "text", clearable, ...attributes }, id) {
  const kind = type === "picture" ? "url" : type;
  const node = el("input", { class: "field", id, type: kind, autocomplete: "off", ...attributes });
  if (type !== "picture") return node;
  return el("div", { class: "tool-picture" }, node, fileField("photo", "image/*", async (file) => {
    const photo = await readPhoto(file, PICTURE_PX);
    const kept = photo && (await orToast(keepPicture(photo)));
    if (kept) node.value = kept.url;
    else if (!photo) toast(t("kind.image_missing"));
  }));
}

function valuesOf(node, fields) {
  const values = {};
  for (const field of fields) {
    const value = valueOf(node.elements[field.name], field);
    if (value !== undefined) values[field.name] = value;
  }
  return values;
}

function valueOf(control, { type, clearable }) {
  if (type === "switch") return control.checked;
  const text = control.value.trim();
  if (text === "") return clearable ? null : undefined;
  return type === "number" ? Number(text) : text;
}
