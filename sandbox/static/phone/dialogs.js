// Windows over the whole page: the tools, and an exported story.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

let made = 0;

/**
 * Show a window; Escape and its close button close it, and the focus goes back where it was.
 * @param {string} title
 * @param {Node[]} content
 * @param {"side"|"middle"} [kind]
 * @returns {HTMLDialogElement}
 */
export function openDialog(title, content, kind = "middle") {
  made += 1;
  const id = `dialog-title-${made}`;
  const close = el("button", { class: "icon-button", type: "button", "aria-label": t("close"), on: { click: () => dialog.close() } }, icon("close"));
  const dialog = el("dialog", { class: `dialog dialog-${kind}`, "aria-labelledby": id },
    el("div", { class: "dialog-head" }, el("h2", { id, text: title }), close),
    el("div", { class: "dialog-body" }, ...content));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
