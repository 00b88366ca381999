// The foot of a talk: the composer, or the rich menu with its bar, and the way between the two.

import { sendVoice } from "./actions.js";
import { getRichMenu } from "./api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { RichMenu } from "./rich_menu.js";
import { currentTalk, isCurrent, on, state } from "./state.js";
import { t } from "./words.js";

export class Foot {
  /**
   * @param {import("./composer.js").Composer} composer
   * @param {function(Object): Promise<boolean>} onAction carries out a LINE action object
   */
  constructor(composer, onAction) {
    this.composer = composer;
    this.menu = new RichMenu(onAction);
    this.writing = true;
    this.toMenu = el("button", {
      class: "icon-button", type: "button", "aria-label": t("menu.show"), hidden: true, on: { click: () => this.showMenu(true) },
    }, icon("grid"));
    composer.form.prepend(this.toMenu);
    this.bar = el("button", { class: "menu-bar-toggle", type: "button", on: { click: () => this.showMenu(!this.menu.open) } });
    this.barRow = el("div", { class: "menu-bar" },
      el("button", { class: "icon-button", type: "button", "aria-label": t("menu.keyboard"), on: { click: () => this.typeText(null) } }, icon("keyboard")),
      this.bar);
    this.node = el("div", { class: "foot" }, composer.node, this.menu.node, this.barRow);
    on("richmenu", (news) => this.mayHaveChanged(news));
    this.draw();
  }

  /** Another talk is opened: its menu is not known yet. */
  forget() {
    this.menu.clear();
    this.writing = true;
    this.draw();
  }

  // LINE shows some changes at once and others when the talk is opened again.
  mayHaveChanged({ account, person, when }) {
    const ours = account === state.account && (!person || person === state.person);
    if (ours && when !== "reopen") this.load();
  }

  /** Ask which menu this person sees in this talk, and show it as its maker wants. */
  async load() {
    const talk = currentTalk();
    const { richmenu } = await getRichMenu(talk).catch(() => ({ richmenu: null }));
    if (!isCurrent(talk) || richmenu?.id === this.menu.id) return;
    const first = !this.menu.id;
    await this.menu.show(richmenu);
    if (!richmenu) this.writing = true;
    else if (first) this.begin(richmenu.selected);
    this.draw();
  }

  begin(open) {
    // Whoever has begun to write keeps the keyboard.
    this.writing = Boolean(this.composer.input.value);
    this.menu.setOpen(open);
  }

  /** @param {boolean} open */
  showMenu(open) {
    if (!this.menu.id) return;
    const moved = this.writing;
    this.writing = false;
    this.menu.setOpen(open);
    this.draw();
    if (moved) this.bar.focus({ preventScroll: true });
  }

  /** Open the keyboard, with these words in the field where they are given. @param {string|null} text */
  typeText(text) {
    this.writing = true;
    this.draw();
    if (text === null) this.composer.input.focus();
    else this.composer.typeText(text);
  }

  /** Open the keyboard to answer to a message. @param {import("./rows.js").Entry} entry */
  reply(entry) {
    this.composer.quote(entry);
    this.typeText(null);
  }

  /**
   * What an action wants of the foot after it was done.
   * @param {string} [option] LINE's inputOption
   * @param {string} [fillInText]
   */
  apply(option, fillInText) {
    if (option === "closeRichMenu") this.showMenu(false);
    if (option === "openRichMenu") this.showMenu(true);
    if (option === "openKeyboard") this.typeText(fillInText || "");
    if (option === "openVoice") sendVoice();
  }

  draw() {
    const has = Boolean(this.menu.id);
    this.toMenu.hidden = !has;
    this.composer.node.hidden = has && !this.writing;
    this.barRow.hidden = !has || this.writing;
    this.menu.node.hidden = !has || this.writing || !this.menu.open;
    this.bar.setAttribute("aria-expanded", String(this.menu.open));
    this.bar.replaceChildren(el("span", { text: this.menu.title }), icon(this.menu.open ? "down" : "up", 18));
  }
}
