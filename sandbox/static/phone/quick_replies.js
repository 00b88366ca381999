// The row of suggested replies: only those of the newest message, gone after a tap or any new message.

import { el, imageUrl } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

const STORE_KEY = "tsunagu.phone.used";
const MOST_REMEMBERED = 200;

const ICONS = { camera: "photo", cameraRoll: "photo", location: "pin" };

export class QuickReplies {
  /** @param {function(Object): Promise<boolean>} onAction carries out a LINE action object */
  constructor(onAction) {
    this.onAction = onAction;
    // A row that was used stays away after a reload too.
    this.used = new Set(JSON.parse(localStorage.getItem(STORE_KEY) || "[]"));
    this.shownFor = null;
    this.node = el("div", { class: "quick", role: "group", "aria-label": t("talk.choices"), hidden: true });
  }

  /**
   * Show what the newest message of the talk suggests.
   * @param {import("./rows.js").Entry|null} last
   */
  show(last) {
    const items = last?.from === "account" && !this.used.has(last.id) ? last.message.quickReply?.items || [] : [];
    this.shownFor = last?.id ?? null;
    // Nothing before and nothing now: a flood of messages must not make the browser measure each time.
    if (!items.length && this.node.hidden) return;
    this.node.replaceChildren(...items.map((item) => this.chip(item, last.id)));
    this.node.hidden = items.length === 0;
    this.node.scrollLeft = 0;
  }

  chip(item, messageId) {
    const action = item.action || {};
    return el("button", { class: "chip", type: "button", on: { click: () => this.tap(action, messageId) } },
      picture(item.imageUrl, action.type), el("span", { text: action.label || "" }));
  }

  // LINE keeps the row while a picker is open and until something was sent.
  async tap(action, messageId) {
    if (!(await this.onAction(action))) return;
    this.used.add(messageId);
    localStorage.setItem(STORE_KEY, JSON.stringify([...this.used].slice(-MOST_REMEMBERED)));
    if (this.shownFor === messageId) this.show(null);
  }
}

function picture(address, type) {
  if (imageUrl(address)) return el("img", { class: "chip-picture", src: imageUrl(address), alt: "" });
  return Object.hasOwn(ICONS, type) ? icon(ICONS[type], 18) : null;
}
