// People and inspector: columns on a wide screen, drawers over the page on a narrow one.

import { byId, el } from "./dom.js";

const WIDE = matchMedia("(min-width: 1100px)");
const NAMES = ["people", "inspector"];

let open = null;

/** Prepare the drawers; call once. */
export function setUpDrawers() {
  for (const name of NAMES) byId(`open-${name}`).addEventListener("click", () => openDrawer(name));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeDrawer();
  });
  WIDE.addEventListener("change", () => {
    closeDrawer();
    applyInert();
  });
  applyInert();
}

/**
 * Slide a drawer in; nothing happens where it is a column.
 * @param {"people"|"inspector"} name
 */
export function openDrawer(name) {
  if (WIDE.matches) return;
  closeDrawer();
  const shade = el("div", { class: "drawer-shade", on: { click: closeDrawer } });
  byId(name).before(shade);
  open = { name, shade, focus: document.activeElement };
  byId(name).classList.add("drawer-open");
  byId(`open-${name}`).setAttribute("aria-expanded", "true");
  applyInert();
  byId(name).querySelector(".drawer-close").focus();
}

/** Slide away the drawer that is open, if any, and give the focus back. */
export function closeDrawer() {
  if (!open) return;
  const { name, shade, focus } = open;
  open = null;
  shade.remove();
  byId(name).classList.remove("drawer-open");
  byId(`open-${name}`).setAttribute("aria-expanded", "false");
  applyInert();
  (focus?.isConnected ? focus : byId("screen").querySelector("button:not([hidden])"))?.focus();
}

// What cannot be seen must not be reached by keyboard or screen reader.
function applyInert() {
  for (const name of NAMES) byId(name).inert = !WIDE.matches && open?.name !== name;
  byId("screen").inert = open !== null;
}
