// Choosing part of the traffic and taking it home as a pytest story.

import { copy } from "./actions.js";
import { control } from "./api.js";
import { openDialog } from "./dialogs.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { state } from "./state.js";
import { storyOf } from "./story.js";
import { orToast, toast } from "./toast.js";
import { t } from "./words.js";

/**
 * The button that starts choosing, and the bar that is there meanwhile.
 * @param {HTMLElement} root gets the attribute data-picking, under which every record shows its box
 * @param {HTMLElement} list of records
 * @param {Map<string, import("./records.js").Record>} records by id
 * @returns {{button: HTMLElement, bar: HTMLElement}}
 */
export function setUpExport(root, list, records) {
  const count = el("span", { role: "status" });
  const pick = (on) => {
    root.toggleAttribute("data-picking", on);
    bar.hidden = !on;
    button.setAttribute("aria-expanded", String(on));
    tell();
  };
  const tell = () => (count.textContent = t("export.count", { count: chosen(list, records).length }));
  const button = el("button", {
    class: "button-small", type: "button", "aria-expanded": "false", on: { click: () => pick(bar.hidden) },
  }, icon("code", 18), t("export.start"));
  const bar = el("div", { class: "export-bar", hidden: true },
    el("p", { text: t("export.hint") }), count,
    el("div", { class: "export-buttons" },
      el("button", { class: "button-primary", type: "button", text: t("export.show"), on: { click: () => show(list, records) } }),
      el("button", { class: "button-small", type: "button", text: t("export.stop"), on: { click: () => pick(false) } })));
  list.addEventListener("change", tell);
  return { button, bar };
}

// Without a choice, everything that is there.
function chosen(list, records) {
  const boxes = [...list.querySelectorAll(".record-pick:checked")];
  const ids = boxes.map((box) => box.value);
  return ids.length ? ids.map((id) => records.get(id)) : [...records.values()];
}

async function show(list, records) {
  const cast = await castOf();
  if (!cast) return;
  const text = storyOf(chosen(list, records), cast);
  const file = `test_${cast.person}_${cast.account}.py`.replace(/[^\w.]/g, "_");
  const address = URL.createObjectURL(new Blob([text], { type: "text/x-python" }));
  const dialog = openDialog(t("export.title"), [
    el("p", { class: "column-hint", text: t("export.where") }),
    el("pre", { class: "record-json", tabindex: "0", role: "region", "aria-label": t("export.title"), text }),
    el("div", { class: "export-buttons" },
      el("button", { class: "button-primary", type: "button", on: { click: () => copy(text, t("export.copied")) } }, icon("copy", 20), t("talk.copy")),
      el("a", { class: "button-quiet", href: address, download: file }, icon("save", 20), t("export.save"))),
  ]);
  dialog.addEventListener("close", () => URL.revokeObjectURL(address));
}

// Webhooks name people by the user id their provider knows.
async function castOf() {
  if (!state.account) return void toast(t("export.no_talk"));
  const world = await orToast(control("GET", "state"));
  const userId = world?.people.find(({ key }) => key === state.person)?.user_ids[state.account];
  return userId && { person: state.person, account: state.account, userId };
}
