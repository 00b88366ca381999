// Flex Messages as DOM, after the public Messaging API reference. Text is only ever set as text,
// styles pass the lists of flex_style.js, and a tap is handed to the caller.

import { el, imageUrl, withStandIn } from "./dom.js";
import * as css from "./flex_style.js";
import { film } from "./players.js";
import { t } from "./words.js";

/** @typedef {function(Object): void} OnAction called with a LINE action object */

/**
 * Draw the contents of a Flex Message: a bubble, or a carousel of bubbles.
 * @param {Object} contents
 * @param {OnAction} onAction
 * @returns {HTMLElement}
 */
export function renderFlex(contents, onAction) {
  if (contents?.type === "carousel") return carousel(contents.contents || [], onAction);
  return bubble(contents || {}, onAction);
}

function carousel(bubbles, onAction) {
  const cards = bubbles.map((one) => bubble(one, onAction));
  return el("div", { class: "carousel", tabindex: "0", role: "group", "aria-label": t("kind.carousel") }, ...cards);
}

function bubble(content, onAction) {
  const node = el("div", { class: "fx-bubble", dir: content.direction === "rtl" ? "rtl" : "ltr" });
  node.style.width = css.bubbleWidth(content.size);
  for (const name of ["header", "hero", "body", "footer"]) {
    if (content[name]) node.append(block(name, content, onAction));
  }
  return tappable(node, content.action, onAction);
}

function block(name, content, onAction) {
  const node = el("div", { class: `fx-block fx-${name}` });
  const style = content.styles?.[name] || {};
  node.style.backgroundColor = css.colour(style.backgroundColor);
  if (style.separator) node.style.borderTop = `1px solid ${css.colour(style.separatorColor) || "#d4d6da"}`;
  node.append(component(content[name], onAction));
  return node;
}

function component(part, onAction) {
  const draw = Object.hasOwn(DRAW, part.type) ? DRAW[part.type] : unknown;
  return draw(part, onAction);
}

const DRAW = { box, text, button, image, icon, separator, filler, spacer: filler, video };

function box(part, onAction) {
  const node = el("div", { class: `fx-box fx-${layout(part)}` });
  css.applyBox(node, part);
  (part.contents || []).forEach((child, index) => {
    const childNode = component(child, onAction);
    css.place(childNode, child, part, index === 0);
    node.append(childNode);
  });
  return tappable(node, part.action, onAction);
}

function layout(part) {
  return ["horizontal", "baseline"].includes(part.layout) ? part.layout : "vertical";
}

function text(part, onAction) {
  const node = el("div", { class: part.wrap ? "fx-text fx-wrap" : "fx-text" });
  if (part.adjustMode === "shrink-to-fit") css.shrinkToFit(node);
  css.applyFont(node, part);
  css.applyTextBlock(node, part);
  if (part.contents?.length) node.append(...part.contents.map(span));
  else node.textContent = part.text ?? "";
  return tappable(node, part.action, onAction);
}

function span(part) {
  const node = el("span", { text: part.text ?? "" });
  css.applyFont(node, part);
  return node;
}

function button(part, onAction) {
  const style = ["primary", "secondary"].includes(part.style) ? part.style : "link";
  const height = part.height === "sm" ? "sm" : "md";
  const node = el("button", { class: `fx-button fx-${style} fx-height-${height}`, type: "button", text: part.action?.label || "" });
  if (part.adjustMode === "shrink-to-fit") css.shrinkToFit(node);
  const colour = css.colour(part.color);
  if (colour) node.style[style === "link" ? "color" : "backgroundColor"] = colour;
  node.addEventListener("click", (event) => run(event, part.action, onAction));
  return node;
}

function image(part, onAction) {
  const picture = withStandIn(el("img", { class: "fx-picture", src: imageUrl(part.url), alt: "" }));
  picture.style.aspectRatio = css.aspectRatio(part.aspectRatio);
  picture.style.objectFit = part.aspectMode === "cover" ? "cover" : "contain";
  picture.style.width = css.imageWidth(part.size);
  picture.style.backgroundColor = css.colour(part.backgroundColor);
  const node = el("div", { class: "fx-image" }, picture);
  node.style.justifyContent = css.justify(part.align);
  return tappable(node, part.action, onAction);
}

function icon(part) {
  const node = withStandIn(el("img", { class: "fx-icon", src: imageUrl(part.url), alt: "" }));
  node.style.height = css.iconHeight(part.size, part.scaling);
  node.style.aspectRatio = css.aspectRatio(part.aspectRatio);
  return node;
}

function separator(part) {
  const node = el("div", { class: "fx-separator" });
  node.style.backgroundColor = css.colour(part.color);
  return node;
}

function filler() {
  return el("div", { class: "fx-filler" });
}

// A film that cannot be shown leaves its place to the content its maker gave for that.
function video(part, onAction) {
  const { node, video: player } = film({ address: part.url, picture: part.previewUrl, class: "fx-video" });
  node.style.aspectRatio = css.aspectRatio(part.aspectRatio);
  if (part.altContent) player.addEventListener("error", () => node.replaceWith(component(part.altContent, onAction)), { once: true });
  return node;
}

function unknown(part) {
  return el("div", { class: "fx-unknown", text: `[${part.type}]` });
}

function tappable(node, action, onAction) {
  if (!action) return node;
  node.classList.add("fx-tappable");
  node.addEventListener("click", (event) => run(event, action, onAction));
  if (node.querySelector("button, [tabindex]")) node.prepend(keyboardWay(node, action, onAction));
  else makeControl(node, action, onAction);
  return node;
}

function makeControl(node, action, onAction) {
  node.tabIndex = 0;
  node.setAttribute("role", action.type === "uri" ? "link" : "button");
  if (action.label) node.setAttribute("aria-label", action.label);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") run(event, action, onAction);
  });
}

// A control must not hold other controls, so a tappable box with buttons inside gets a small button of its own.
function keyboardWay(node, action, onAction) {
  const label = action.label || node.textContent.trim().slice(0, 40) || action.type;
  return el("button", {
    class: "fx-keyboard", type: "button", text: label,
    on: { click: (event) => run(event, action, onAction) },
  });
}

function run(event, action, onAction) {
  event.preventDefault();
  event.stopPropagation();
  if (action) onAction(action);
}
