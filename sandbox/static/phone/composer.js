// Where the person types: Enter sends, Shift+Enter starts a new line, and Enter that ends a Japanese conversion does neither.

import { send, sendFile, sendLocation, sendPhoto, sendVideo, sendVoice } from "./actions.js";
import { summary } from "./bubbles.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { pickSticker } from "./pickers.js";
import { openMenu } from "./sheets.js";
import { currentAccount } from "./state.js";
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
    this.form = el("form", { class: "composer", on: { submit: (event) => this.submit(event) } },
      this.tool("plus", t("composer.more"), () => this.openTools()),
      el("div", { class: "composer-field" }, this.input, this.tool("smile", t("composer.stickers"), () => this.sendSticker())),
      this.sendButton);
    this.quoteBar = el("div", { class: "composer-quote", role: "group", "aria-label": t("talk.reply_to"), hidden: true });
    this.node = el("div", {}, this.quoteBar, this.form);
    this.quote(null);
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
    this.quote(null);
    this.input.value = "";
    this.grow();
  }

  /**
   * Let what is sent next answer to a message, or to none.
   * @param {import("./rows.js").Entry|null} entry
   */
  quote(entry) {
    this.quoted = entry;
    this.quoteBar.hidden = !entry;
    if (!entry) return;
    const cancel = () => {
      this.quote(null);
      this.input.focus();
    };
    this.quoteBar.replaceChildren(icon("quote", 20),
      el("span", { class: "composer-quoted" }, el("b", { text: entry.from === "person" ? t("talk.you") : entry.sender?.name || currentAccount().name }),
        el("span", { text: summary(entry.message) })),
      this.tool("close", t("talk.reply_stop"), cancel));
  }

  onKey(event) {
    // Safari reports the Enter that ends a conversion after it, with the old key code 229.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  async submit(event) {
    event.preventDefault();
    const text = this.input.value;
    if (!text.trim()) return;
    const quoted = this.quoted;
    this.clear();
    if ((await send("text", withQuote({ text }, quoted))) || this.input.value) return;
    this.quote(quoted);
    this.typeText(text);
  }

  async sendSticker() {
    const sticker = await pickSticker();
    if (!sticker) return;
    const quoted = this.quoted;
    this.quote(null);
    if (!(await send("sticker", withQuote(sticker, quoted)))) this.quote(quoted);
  }

  openTools() {
    openMenu(t("composer.tools"), [
      { label: t("kind.image"), icon: "photo", run: sendPhoto },
      { label: t("kind.video"), icon: "film", run: sendVideo },
      { label: t("kind.audio"), icon: "mic", run: sendVoice },
      { label: t("kind.file"), icon: "file", run: sendFile },
      { label: t("kind.location"), icon: "pin", run: sendLocation },
      { label: t("kind.sticker"), icon: "smile", run: () => this.sendSticker() },
    ]);
  }

  grow() {
    this.sendButton.disabled = !this.input.value.trim();
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, TALLEST_PX)}px`;
  }
}

function withQuote(body, quoted) {
  return quoted ? { ...body, quotedMessageId: quoted.id } : body;
}
