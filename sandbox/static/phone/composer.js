// Where the person types: Enter sends, Shift+Enter starts a new line, and Enter that ends a Japanese conversion does neither.

import { send, sendLocation, sendPhoto } from "./actions.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { pickSticker } from "./pickers.js";
import { openMenu } from "./sheets.js";
import { t } from "./words.js";

const MOST_CHARACTERS = 5000;
const TALLEST_PX = 132;

export class Composer {
  constructor() {
    this.input = el("textarea", {
      class: "composer-input", rows: "1", maxlength: MOST_CHARACTERS, enterkeyhint: "send",
      "aria-label": t("composer.label"), placeholder: t("composer.label"),
      on: { input: () => this.grow(), keydown: (event) => this.onKey(event) },
    });
    this.sendButton = el("button", { class: "send-button", type: "submit", "aria-label": t("send"), disabled: true }, icon("send"));
    this.node = el("form", { class: "composer", on: { submit: (event) => this.submit(event) } },
      this.tool("plus", t("composer.more"), openTools),
      el("div", { class: "composer-field" }, this.input, this.tool("smile", t("composer.stickers"), sendSticker)),
      this.sendButton);
  }

  tool(iconName, label, click) {
    return el("button", { class: "icon-button", type: "button", "aria-label": label, on: { click } }, icon(iconName));
  }

  /** Put words into the field and go there. @param {string} text */
  typeText(text) {
    this.input.value = text;
    this.grow();
    this.input.focus();
  }

  clear() {
    this.input.value = "";
    this.grow();
  }

  onKey(event) {
    // Safari reports the Enter that ends a conversion after it, with the old key code 229.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.node.requestSubmit();
  }

  async submit(event) {
    event.preventDefault();
    const text = this.input.value;
    if (!text.trim()) return;
    this.clear();
    if (!(await send("text", { text })) && !this.input.value) this.typeText(text);
  }

  grow() {
    this.sendButton.disabled = !this.input.value.trim();
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, TALLEST_PX)}px`;
  }
}

async function sendSticker() {
  const sticker = await pickSticker();
  if (sticker) await send("sticker", sticker);
}

function openTools() {
  openMenu(t("composer.tools"), [
    { label: t("composer.photo"), icon: "photo", run: sendPhoto },
    { label: t("composer.location"), icon: "pin", run: sendLocation },
    { label: t("composer.stickers"), icon: "smile", run: sendSticker },
  ]);
}
