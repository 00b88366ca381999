// The tools of the sandbox, on a page of their own (/control/) and beside the phone.

import { control } from "./api.js";
import { openDialog } from "./dialogs.js";
import { el } from "./dom.js";
import { panel } from "./forms.js";
import { orToast, toast } from "./toast.js";
import { clockPanel } from "./tools_clock.js";
import { eventPanel } from "./tools_events.js";
import { faultPanel } from "./tools_faults.js";
import { peoplePanel } from "./tools_people.js";
import { worldPanels } from "./tools_world.js";
import { t } from "./words.js";

/**
 * Every panel; each asks the sandbox anew after what it changes.
 * @returns {HTMLElement[]}
 */
export function toolPanels() {
  const holder = el("div", { class: "tool-panels" });
  const renew = async () => {
    const world = await orToast(control("GET", "state"));
    if (!world) return;
    const open = new Set([...holder.querySelectorAll("details.tool-more[open]")].map((node) => node.dataset.name));
    holder.replaceChildren(...[clockPanel(world, renew), faultPanel(world, renew), eventPanel(world), peoplePanel(world, renew),
      ...worldPanels(world, renew), resetPanel(renew)].filter(Boolean));
    for (const node of holder.querySelectorAll("details")) node.open = open.has(node.dataset.name);
  };
  renew();
  return [holder];
}

/** Show the tools beside the phone. */
export function openTools() {
  openDialog(t("tools.title"), [el("p", { class: "column-hint", text: t("tools.hint") }), ...toolPanels()], "side");
}

function resetPanel(renew) {
  const run = async () => {
    if (!(await orToast(control("POST", "reset")))) return;
    toast(t("tools.reset_done"));
    renew();
  };
  const sure = el("button", { class: "button-small button-danger", type: "button", hidden: true, text: t("tools.reset_sure"), on: { click: run } });
  const ask = () => {
    sure.hidden = false;
    sure.focus();
  };
  return panel("undo", t("tools.reset"), el("p", { class: "column-hint", text: t("tools.reset_hint") }),
    el("div", { class: "tool-row" }, el("button", { class: "button-small", type: "button", text: t("tools.reset_ask"), on: { click: ask } }), sure));
}
