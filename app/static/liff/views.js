// What is on the screen: one view at a time, a function that makes its nodes. The phone's own "back" works.

import { el, icon } from "./dom.js";
import { t } from "./words.js";

const main = document.getElementById("main");
const live = document.getElementById("live");
const shop = document.querySelector(".brand-name").textContent;

/** @typedef {function(): Node[]} View */

/** @type {View[]} */
const trail = [];
let ended = false;
let toSay = "";

/**
 * Show a view in the place of the one that is there.
 * @param {View} view
 */
export function show(view) {
  trail[Math.max(trail.length - 1, 0)] = view;
  draw();
}

/**
 * Show the next view; "back" leads to the one before.
 * @param {View} view
 */
export function go(view) {
  trail.push(view);
  history.pushState({ depth: trail.length }, "");
  draw();
}

/**
 * Go back to the view before.
 * @param {string} [words] what to say there
 */
export function back(words = "") {
  toSay = words;
  history.back();
}

/**
 * Show the last view: "back" leads to none of the others any more.
 * @param {View} view
 */
export function finish(view) {
  ended = true;
  show(view);
}

/** The view on the screen. */
export function current() {
  return trail[trail.length - 1];
}

/**
 * Draw the view again, in another language or with something new in it.
 * @param {{stay?: boolean}} [options] `stay`: the reader stays where they are, instead of going to the heading
 */
export function draw({ stay = false } = {}) {
  const held = main.contains(document.activeElement) && document.activeElement.id;
  const first = main.hasAttribute("aria-busy");
  main.removeAttribute("aria-busy");
  main.replaceChildren(...current()().filter(Boolean));
  const heading = main.querySelector("h1");
  document.title = `${heading.textContent} | ${shop}`;
  live.textContent = "";
  if (first) return;
  if (stay) {
    if (held) document.getElementById(held)?.focus({ preventScroll: true });
    return;
  }
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

window.addEventListener("popstate", ({ state }) => {
  const depth = state?.depth || 1;
  if (ended || depth >= trail.length) return;
  trail.length = depth;
  draw();
  if (toSay) say(toSay);
  toSay = "";
});

/**
 * Say below the heading what has been done.
 * @param {string} words
 */
export function say(words) {
  main.querySelector("h1 ~ .notice:not(.notice-bad)")?.remove();
  main.querySelector("h1").after(notice(words));
  announce(words);
}

/**
 * Tell screen readers what has changed without a new view.
 * @param {string} text
 */
export function announce(text) {
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

/** A button that leads back to the view before. */
export function backButton() {
  return el("button", { class: "back", type: "button", on: { click: () => back() } }, icon("back"), t("common.back"));
}

/**
 * A button. While its work is under way it shows so, and does not begin again.
 * @param {string} text
 * @param {function(): *} work
 * @param {{kind?: string, type?: string}} [options] `kind`: "", "quiet", "text" or "bad"
 */
export function button(text, work, { kind = "" } = {}) {
  const looks = { "": "button", bad: "button button-bad" }[kind] || `button-${kind}`;
  const node = el("button", { class: looks, type: "button", text });
  node.addEventListener("click", () => once(node, work));
  return node;
}

/**
 * Do something that a button has asked for, unless it is being done already.
 * @param {HTMLElement} node
 * @param {function(): *} work
 */
export async function once(node, work) {
  if (node.ariaDisabled === "true") return;
  node.ariaDisabled = "true";
  const sign = setTimeout(() => {
    node.classList.add("working");
    announce(t("common.working"));
  }, 300);
  try {
    await work();
  } finally {
    clearTimeout(sign);
    node.classList.remove("working");
    node.ariaDisabled = "false";
  }
}

/**
 * A calm page in the middle: an icon, a heading, some words, and ways on.
 * @param {string} iconName
 * @param {string} title
 * @param {string} text
 * @param {...(Node|false|null)} more
 * @returns {Node[]}
 */
export function calm(iconName, title, text, ...more) {
  return [el("section", { class: "card calm" },
    el("div", { class: "calm-icon" }, icon(iconName)),
    el("h1", { text: title }),
    el("p", { class: "lead", text }),
    ...more.filter(Boolean))];
}

/**
 * A list of short points with icons.
 * @param {[string, string][]} points icon and words
 */
export function pointList(points) {
  return el("ul", { class: "points" }, ...points.map(([name, text]) => el("li", {}, icon(name), el("span", { text }))));
}

/**
 * A short note above what it is about.
 * @param {string} text
 * @param {{bad?: boolean}} [options]
 */
export function notice(text, { bad = false } = {}) {
  return el("p", { class: bad ? "notice notice-bad" : "notice", role: bad ? "alert" : null, text });
}
