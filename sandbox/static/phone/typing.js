// Three dots while the account's server has our message and has not answered yet.

import { el, hiddenText } from "./dom.js";
import { t } from "./words.js";

// An answer within half a second needs no dots; one that has not come after three may never come.
const SHOW_AFTER_MS = 500;
const LONGEST_MS = 3000;

export class Typing {
  constructor() {
    this.timers = [];
    this.node = el("div", { class: "typing", hidden: true }, hiddenText(t("talk.typing")),
      el("span", { class: "dot" }), el("span", { class: "dot" }), el("span", { class: "dot" }));
  }

  /** The person has said something. @param {function(): void} shown called when the dots appear */
  expect(shown) {
    this.stop();
    this.timers = [
      setTimeout(() => {
        this.node.hidden = false;
        shown();
      }, SHOW_AFTER_MS),
      setTimeout(() => this.stop(), LONGEST_MS),
    ];
  }

  /**
   * The account's server has asked for the dots (LINE: the loading animation); its next message ends them.
   * @param {number} seconds
   * @param {function(): void} shown called when the dots appear
   */
  show(seconds, shown) {
    this.stop();
    this.node.hidden = false;
    this.timers = [setTimeout(() => this.stop(), seconds * 1000)];
    shown();
  }

  stop() {
    this.timers.forEach(clearTimeout);
    this.node.hidden = true;
  }
}
