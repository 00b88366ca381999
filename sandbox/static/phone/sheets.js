// Sheets that rise from the foot of the phone: one at a time, Escape closes, focus goes back where it was.

import { byId, el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

let open = null;

/**
 * Show a sheet inside the phone.
 * @param {string} title
 * @param {Node[]} content
 * @param {{kind?: "sheet"|"viewer"|"page", size?: string, actions?: Node[], onClose?: function(): void}} [options]
 *   `actions` stand beside the close button; `size` is for pages: "compact", "tall" or "full"
 * @returns {function(): void} closes the sheet
 */
export function openSheet(title, content, { kind = "sheet", size, actions = [], onClose } = {}) {
  closeSheet();
  const heading = el("h2", { class: "sheet-title", id: "sheet-title", text: title });
  const panel = el("div", { class: `sheet sheet-${kind}`, role: "dialog", "aria-labelledby": "sheet-title", "data-size": size, tabindex: "-1" },
    el("div", { class: "sheet-head" }, heading, ...actions, closeButton()),
    el("div", { class: "sheet-body" }, ...content));
  const shade = el("div", { class: "shade", on: { click: closeSheet } });
  open = { nodes: [shade, panel], focus: document.activeElement, onClose };
  document.addEventListener("keydown", escapeCloses);
  setBehind(true);
  byId("screen").append(shade, panel);
  (panel.querySelector("[data-first-focus]") || panel).focus({ preventScroll: true });
  return closeSheet;
}

/** Close the sheet that is open, if any. */
export function closeSheet() {
  if (!open) return;
  const { nodes, focus, onClose } = open;
  open = null;
  document.removeEventListener("keydown", escapeCloses);
  setBehind(false);
  for (const node of nodes) node.remove();
  if (focus?.isConnected) focus.focus({ preventScroll: true });
  onClose?.();
}

function escapeCloses(event) {
  if (event.key !== "Escape" || event.isComposing) return;
  event.stopPropagation();
  closeSheet();
}

function setBehind(inert) {
  byId("screen").querySelector(".layers").inert = inert;
}

function closeButton() {
  return el("button", { class: "icon-button", type: "button", "aria-label": t("close"), on: { click: closeSheet } }, icon("close"));
}

/**
 * A sheet with a list of things to do.
 * @param {string} title
 * @param {{label: string, icon: string, danger?: boolean, run: function(): void}[]} choices
 */
export function openMenu(title, choices) {
  const buttons = choices.map((choice, index) => menuButton(choice, index === 0));
  openSheet(title, [el("div", { class: "menu-list" }, ...buttons)]);
}

function menuButton(choice, first) {
  const click = () => {
    closeSheet();
    choice.run();
  };
  return el("button", {
    class: choice.danger ? "menu-item menu-danger" : "menu-item", type: "button",
    "data-first-focus": first, on: { click },
  }, icon(choice.icon), el("span", { text: choice.label }));
}
