// Brings the older and newer pages of a long talk as the reader scrolls, without moving what they read.

import { getMessages } from "./api.js";
import { currentTalk, isCurrent } from "./state.js";

/** How many messages are read at once. */
export const PAGE = 60;

const NEAR_PX = 800;

export class Pager {
  /**
   * @param {HTMLElement} box the element that scrolls
   * @param {import("./message_list.js").MessageList} list
   */
  constructor(box, list) {
    this.box = box;
    this.list = list;
    this.loading = false;
    box.addEventListener("scroll", () => this.look(), { passive: true });
  }

  // Called at every scroll: is one of the ends near?
  look() {
    if (this.loading || !this.list.lastNumber) return;
    const below = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight;
    if (this.box.scrollTop < NEAR_PX && this.list.firstNumber > 1) this.bring({ before: this.list.firstNumber });
    else if (below < NEAR_PX && !this.list.atEnd) this.bring({ after: this.list.lastNumber });
  }

  async bring(range) {
    this.loading = true;
    const talk = currentTalk();
    const data = await getMessages(talk, { ...range, limit: PAGE }).catch(() => null);
    this.loading = false;
    if (!data?.messages.length || !isCurrent(talk) || !this.fits(range)) return;
    this.inPlace(() => this.list.addPage(data.messages));
    this.look();
  }

  // The list may have been opened anew while the page was on its way.
  fits({ before, after }) {
    return before ? before === this.list.firstNumber : after === this.list.lastNumber;
  }

  // Screen readers hear new messages only, not the old ones that come in sight.
  inPlace(change) {
    const anchor = this.anchor();
    const top = anchor.getBoundingClientRect().top;
    this.box.style.overflowAnchor = "none";
    this.box.setAttribute("aria-busy", "true");
    change();
    if (anchor.isConnected) this.box.scrollTop += anchor.getBoundingClientRect().top - top;
    requestAnimationFrame(() => {
      this.box.style.overflowAnchor = "";
      this.box.removeAttribute("aria-busy");
    });
  }

  // The first row in sight stays where it is.
  anchor() {
    const edge = this.box.getBoundingClientRect().top;
    const rows = this.list.items.map(({ row }) => row);
    return rows.find((row) => row.getBoundingClientRect().bottom > edge) || rows.at(-1);
  }
}
