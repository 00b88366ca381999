// Template messages: buttons, confirm, carousel and image carousel.

import { el, imageUrl, withStandIn } from "./dom.js";
import { t } from "./words.js";

/** @typedef {function(Object): void} OnAction called with a LINE action object */

const RATIOS = { rectangle: "1.51 / 1", square: "1 / 1" };

/**
 * @param {{template: Object, altText: string}} message
 * @param {OnAction} onAction
 * @returns {HTMLElement}
 */
export function template(message, onAction) {
  const content = message.template || {};
  const draw = Object.hasOwn(DRAW, content.type) ? DRAW[content.type] : null;
  return draw ? draw(content, onAction) : el("div", { class: "tile", text: message.altText || "" });
}

const DRAW = {
  buttons: (content, onAction) => card(content, content, onAction),
  confirm: (content, onAction) => {
    const node = card(content, content, onAction);
    node.classList.add("card-confirm");
    return node;
  },
  carousel: (content, onAction) => row((content.columns || []).map((column) => card(column, content, onAction))),
  image_carousel: (content, onAction) => row((content.columns || []).map((column) => tile(column, onAction))),
};

function row(cards) {
  return el("div", { class: "carousel", tabindex: "0", role: "group", "aria-label": t("kind.carousel") }, ...cards);
}

function card(content, frame, onAction) {
  const body = el("div", { class: "card-text" },
    content.title ? el("b", { text: content.title }) : null,
    el("p", { text: content.text || "" }));
  const actions = (content.actions || []).map((action) => actionButton(action, onAction));
  return el("div", { class: "card" }, picture(content, frame),
    content.defaultAction ? tappable(body, content.defaultAction, onAction) : body,
    el("div", { class: "card-actions" }, ...actions));
}

function picture(content, frame) {
  const address = imageUrl(content.thumbnailImageUrl);
  if (!address) return null;
  const node = withStandIn(el("img", { class: "card-picture", src: address, alt: "" }));
  node.style.aspectRatio = RATIOS[frame.imageAspectRatio] || RATIOS.rectangle;
  node.style.objectFit = frame.imageSize === "contain" ? "contain" : "cover";
  if (/^#[0-9a-f]{6}$/i.test(content.imageBackgroundColor || "")) node.style.backgroundColor = content.imageBackgroundColor;
  return node;
}

function actionButton(action, onAction) {
  return el("button", {
    class: "card-action", type: "button", text: action.label || "", on: { click: () => onAction(action) },
  });
}

function tappable(body, action, onAction) {
  return el("button", { class: "card-tap", type: "button", on: { click: () => onAction(action) } }, body);
}

function tile(column, onAction) {
  const image = withStandIn(el("img", { class: "image-column-picture", src: imageUrl(column.imageUrl), alt: "" }));
  return el("button", { class: "image-column", type: "button", on: { click: () => onAction(column.action) } },
    image, el("span", { text: column.action?.label || "" }));
}
