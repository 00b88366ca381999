// The traffic between the sandbox and the account's server, newest first, as it happens.

import { getCalls, getDeliveries } from "./api.js";
import { byId, el } from "./dom.js";
import { closeDrawer } from "./drawers.js";
import { setUpExport } from "./exporting.js";
import { icon } from "./icons.js";
import { drawRecord, fromCall, fromDelivery } from "./records.js";
import { emit, on } from "./state.js";
import { t } from "./words.js";

const MOST_RECORDS = 300;
const FILTERS = ["all", "webhook", "api", "problems"];

const seen = new Set();
/** @type {Map<string, import("./records.js").Record>} those in the list */
const shown = new Map();
let list = null;

/** Build the column; call once. */
export function setUpInspector() {
  list = el("ol", { class: "records", "aria-label": t("inspector.list"), tabindex: "0" });
  const root = byId("inspector");
  root.setAttribute("aria-label", t("inspector.title"));
  const { button, bar } = setUpExport(root, list, shown);
  root.append(
    el("div", { class: "column-head" }, el("h2", { text: t("inspector.title") }), button,
      el("button", { class: "button-small", type: "button", text: t("inspector.clear"), on: { click: clear } }),
      el("button", { class: "icon-button drawer-close", type: "button", "aria-label": t("close"), on: { click: closeDrawer } }, icon("close"))),
    el("p", { class: "column-hint", text: t("inspector.hint") }),
    filters(root), bar, list, el("p", { class: "records-empty", text: t("inspector.empty") }));
  on("call", (call) => add(fromCall(call)));
  on("delivery", (delivery) => add(fromDelivery(delivery)));
  on("live", (up) => up && loadRecent());
}

function clear() {
  list.replaceChildren();
  shown.clear();
}

// Deliveries are told to everybody because a message's read mark hangs on them.
async function loadRecent() {
  const [calls, deliveries] = await Promise.all([getCalls(), getDeliveries()].map((list) => list.catch(() => [])));
  const news = [...calls.map((data) => ({ topic: "call", data })), ...deliveries.map((data) => ({ topic: "delivery", data }))];
  news.sort((one, other) => one.data.at - other.data.at);
  for (const { topic, data } of news) emit(topic, data);
}

function filters(root) {
  root.dataset.filter = FILTERS[0];
  const buttons = FILTERS.map((name) => el("button", {
    class: "filter", type: "button", "aria-pressed": String(name === FILTERS[0]), text: t(`inspector.${name}`), "data-filter": name,
    on: { click: () => choose(name) },
  }));
  const choose = (name) => {
    root.dataset.filter = name;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.filter === name));
  };
  return el("div", { class: "filters", role: "group", "aria-label": t("inspector.filter") }, ...buttons);
}

/** @param {import("./records.js").Record} record */
function add(record) {
  if (seen.has(record.id)) return;
  seen.add(record.id);
  shown.set(record.id, record);
  list.prepend(drawRecord(record));
  while (list.children.length > MOST_RECORDS) dropOldest();
}

function dropOldest() {
  const oldest = list.lastElementChild;
  shown.delete(oldest.querySelector(".record-pick").value);
  oldest.remove();
}
