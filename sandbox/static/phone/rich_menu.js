// The rich menu: its picture, and a control over each tappable area.

import { el, imageUrl } from "./dom.js";
import { tappedMenu } from "./seen.js";
import { t } from "./words.js";

export class RichMenu {
  /** @param {function(Object): Promise<boolean>} onAction carries out a LINE action object */
  constructor(onAction) {
    this.onAction = onAction;
    this.node = el("div", { class: "rich-menu", role: "group" });
    this.clear();
  }

  clear() {
    /** @type {string|null} */
    this.id = null;
    this.title = "";
    this.open = false;
    this.node.replaceChildren();
  }

  /** @param {boolean} open */
  setOpen(open) {
    this.open = open;
  }

  /**
   * Show a menu once its picture is there, so that changing tabs does not flicker.
   * @param {{id: string, size: {width: number, height: number}, chatBarText: string, areas: Object[], image: string}|null} menu
   */
  async show(menu) {
    if (!menu) return this.clear();
    const picture = el("img", { class: "rich-menu-picture", src: imageUrl(menu.image), alt: "" });
    picture.style.aspectRatio = `${Number(menu.size.width)} / ${Number(menu.size.height)}`;
    await picture.decode().catch(() => picture.classList.add("missing-picture"));
    this.id = menu.id;
    this.title = menu.chatBarText;
    this.node.setAttribute("aria-label", menu.chatBarText);
    this.node.replaceChildren(picture, ...menu.areas.map((area, index) => this.area(area, index, menu.size)));
  }

  area({ bounds, action }, index, size) {
    const click = () => {
      tappedMenu(this.id, index);
      this.onAction(action);
    };
    const node = el("button", {
      class: "rich-menu-area", type: "button", "aria-label": labelOf(action), on: { click },
    });
    const percent = (part, whole) => `${(100 * Number(part)) / Number(whole)}%`;
    Object.assign(node.style, {
      left: percent(bounds.x, size.width), top: percent(bounds.y, size.height),
      width: percent(bounds.width, size.width), height: percent(bounds.height, size.height),
    });
    return node;
  }
}

function labelOf(action) {
  return action.label || action.displayText || action.text || action.uri || action.data || t("menu.area");
}
