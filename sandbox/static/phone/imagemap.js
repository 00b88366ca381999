// Imagemap messages: one picture with tappable areas over it.

import { el, imageUrl, mediaUrl, withStandIn } from "./dom.js";
import { film } from "./players.js";
import { t } from "./words.js";

/**
 * @param {Object} message
 * @param {function(Object): void} onAction
 * @returns {HTMLElement}
 */
export function imagemap(message, onAction) {
  const { width = 1040, height = 1040 } = message.baseSize || {};
  const alt = message.altText || t("kind.imagemap");
  const picture = withStandIn(el("img", { class: "imagemap-picture", src: imageUrl(`${message.baseUrl}/700`), alt }));
  picture.style.aspectRatio = `${Number(width)} / ${Number(height)}`;
  const areas = (message.actions || []).map((action) => area(action, width, height, onAction));
  return el("div", { class: "imagemap" }, picture, screen(message.video, width, height), ...areas);
}

// The film lies over its part of the picture; when it has ended, its link may be opened.
function screen(video, width, height) {
  if (!video) return null;
  const { node, video: player } = film({ address: video.originalContentUrl, picture: video.previewImageUrl, class: "imagemap-film" });
  lay(node, video.area, width, height);
  const link = video.externalLink;
  if (!mediaUrl(link?.linkUri)) return node;
  const after = el("a", { class: "imagemap-link button-small", href: link.linkUri, target: "_blank", rel: "noopener noreferrer", hidden: true, text: link.label });
  player.addEventListener("ended", () => (after.hidden = false));
  return el("div", {}, node, after);
}

function area(action, width, height, onAction) {
  const label = action.label || action.text || action.linkUri || action.type;
  const node = el("button", {
    class: "imagemap-area", type: "button", "aria-label": label, on: { click: () => onAction(asAction(action)) },
  });
  lay(node, action.area, width, height);
  return node;
}

function lay(node, place, width, height) {
  const { x = 0, y = 0, width: areaWidth = 0, height: areaHeight = 0 } = place || {};
  const percent = (part, whole) => `${(100 * Number(part)) / Number(whole)}%`;
  Object.assign(node.style, {
    left: percent(x, width), top: percent(y, height),
    width: percent(areaWidth, width), height: percent(areaHeight, height),
  });
}

// Imagemap actions name the address linkUri; everywhere else it is uri.
function asAction(action) {
  return action.type === "uri" ? { ...action, uri: action.linkUri } : action;
}
