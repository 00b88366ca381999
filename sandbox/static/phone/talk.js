// The talk on the screen: loads its messages, follows the event stream, and keeps head, list and foot in step.

import { perform } from "./actions.js";
import { act, getMessages } from "./api.js";
import { Composer } from "./composer.js";
import { byId, el, soon } from "./dom.js";
import { Foot } from "./foot.js";
import { drawGate } from "./gate.js";
import { icon } from "./icons.js";
import { MessageList, MOST_ROWS } from "./message_list.js";
import { openMessageMenu } from "./message_menu.js";
import { PAGE, Pager } from "./pager.js";
import { QuickReplies } from "./quick_replies.js";
import { createScroller } from "./scroller.js";
import { tappedMessage, watchMessage } from "./seen.js";
import { closeSheet } from "./sheets.js";
import { currentAccount, currentPerson, currentTalk, friendStatus, isCurrent, on, setStatus, state } from "./state.js";
import { drawTalkHead, showUnread } from "./talk_head.js";
import { orToast } from "./toast.js";
import { Typing } from "./typing.js";
import { t } from "./words.js";

const NEWEST = { before: Number.MAX_SAFE_INTEGER, limit: PAGE };

export class TalkView {
  constructor() {
    this.root = byId("talk");
    this.composer = new Composer();
    this.bottom = new Foot(this.composer, (action) => this.perform(action));
    this.quick = new QuickReplies((action) => this.perform(action));
    this.typing = new Typing();
    this.log = el("div", { class: "log-rows" });
    this.list = new MessageList(this.log, {
      onAction: (action, entry) => this.perform(action, entry),
      onMenu: (entry) => openMessageMenu(entry, (quoted) => this.bottom.reply(quoted)),
      onDrawn: (entry, row) => entry.from === "account" && watchMessage(row),
      find: (id) => this.list.find(id)?.entry,
    });
    /** @type {Object[]|null} events that arrive while the talk is being read */
    this.waiting = null;
    this.behind = false;
    this.sayRead = soon(() => this.tellRead());
    this.build();
    this.listen();
  }

  build() {
    this.head = el("div", { class: "head-slot" });
    this.foot = el("div", { class: "foot-slot" });
    const content = el("div", { class: "log-content" }, this.log, this.typing.node);
    this.box = el("div", { class: "log-box", tabindex: "0", role: "log", "aria-live": "polite", "aria-label": t("talk.log") }, content);
    const pill = el("button", { class: "new-pill", type: "button", hidden: true }, icon("down", 18), t("talk.new"));
    this.root.append(this.head, el("div", { class: "log-frame" }, this.box, pill), this.quick.node, this.foot);
    this.pager = new Pager(this.box, this.list);
    this.scroller = createScroller(this.box, content, pill, {
      atEnd: () => this.list.atEnd,
      toEnd: () => this.start(),
    });
  }

  listen() {
    on("selection", () => this.open());
    on("state", () => this.drawFrame());
    on("status", (news) => setStatus(news));
    on("message", (entry) => this.arrived(entry));
    on("delivery", (delivery) => this.delivered(delivery));
    on("typing", (news) => isCurrent(news) && this.typing.show(news.seconds, () => this.scroller.added(false)));
    on("read", (news) => isCurrent(news) && this.list.markReadUpTo(news.up_to + 1));
    on("clock", () => this.list.renewDays());
    on("live", (up) => up && this.catchUp());
    on("news", () => this.catchUp());
    document.addEventListener("visibilitychange", () => this.sayRead());
  }

  /** Show the talk that is selected, or nothing where the list of talks is. */
  async open() {
    closeSheet();
    this.typing.stop();
    this.composer.clear();
    this.bottom.forget();
    this.frame = null;
    this.root.hidden = !state.account;
    if (!state.account) return;
    this.scroller.jump();
    await this.start();
    // Unless the reader has begun to scroll by then.
    if (this.scroller.following) this.scroller.jump();
  }

  /** Draw the newest messages and nothing else. */
  async start() {
    this.list.clear();
    this.showNewest();
    this.drawFrame();
    await this.load(NEWEST);
  }

  async load(range) {
    const talk = currentTalk();
    const waiting = [];
    const { changes } = state;
    this.waiting = waiting;
    this.box.setAttribute("aria-busy", "true");
    const data = await orToast(getMessages(talk, range));
    // Meanwhile another talk may have been opened, or this one anew.
    if (!isCurrent(talk) || this.waiting !== waiting) return;
    this.waiting = null;
    if (data && this.isAnotherPast(data)) return this.open();
    for (const entry of [...(data?.messages || []), ...waiting]) this.list.put(entry);
    this.box.removeAttribute("aria-busy");
    if (data && changes === state.changes) setStatus({ ...talk, status: data.status, unread: data.unread });
    this.showNewest();
    this.sayRead();
    if (this.behind) await this.catchUp();
  }

  // The sandbox was reset or started anew, or so much was said meanwhile that a gap would stay.
  isAnotherPast({ messages }) {
    if (!this.list.items.length) return false;
    // Older messages may have been drawn meanwhile, so it need not be the first one.
    return !messages.length || this.list.find(messages[0].n)?.entry.id !== messages[0].id;
  }

  showNewest() {
    this.quick.show(this.list.newest);
    this.root.classList.toggle("view-empty", !this.list.newest && friendStatus() !== "friend");
  }

  // What is drawn is read again, for some of it may have been unsent while nobody told us.
  async catchUp() {
    if (!state.account) return;
    // What is being read may be older than the stream that has just opened.
    this.behind = Boolean(this.waiting);
    if (this.behind) return;
    const before = this.list.newest?.n ?? 0;
    if (!this.list.atEnd) return this.follow();
    await this.load(before ? { after: this.list.firstNumber - 1, before: NEWEST.before, limit: 2 * MOST_ROWS } : NEWEST);
    if ((this.list.newest?.n ?? 0) > before) this.scroller.added(false);
  }

  // The reader is far up: only what is in sight is renewed, the rest comes when they scroll.
  async follow() {
    const talk = currentTalk();
    const { messages: newest } = (await orToast(getMessages(talk, { ...NEWEST, limit: 1 }))) || { messages: [] };
    await this.load({ after: this.list.firstNumber - 1, limit: this.list.items.length });
    if (newest.length && isCurrent(talk)) this.list.notice(newest[0]);
  }

  arrived(entry) {
    setStatus(entry);
    if (!isCurrent(entry)) return;
    if (this.waiting) this.waiting.push(entry);
    else this.add(entry);
  }

  add(entry) {
    const isNew = this.list.put(entry, this.scroller.following);
    this.showNewest();
    if (!isNew) return;
    this.list.find(entry.n)?.row.classList.add("row-arrives");
    if (entry.from === "person") this.typing.expect(() => this.scroller.added(false));
    else this.typing.stop();
    this.scroller.added(entry.from === "person");
    if (entry.from === "account") this.sayRead();
  }

  // The account's server has taken the event: that is when a message counts as read here.
  delivered(delivery) {
    if (!(delivery.status >= 200 && delivery.status < 300)) return;
    for (const event of delivery.events || []) this.list.markRead(event.message?.id);
  }

  tellRead() {
    if (!state.account || document.visibilityState !== "visible") return;
    const talk = currentTalk();
    if (currentPerson()?.unread?.[talk.account] === 0) return;
    orToast(act(talk, "read"));
  }

  // Head and foot change with friendship and names only; a redraw would take the focus away.
  drawFrame() {
    if (!state.account || !currentAccount() || !currentPerson()) return;
    this.drawHead();
    const frame = JSON.stringify([currentAccount(), currentPerson().name, currentPerson().language, friendStatus()]);
    if (frame === this.frame) return;
    this.frame = frame;
    this.nameAll();
    // The words of a talk break into lines by the rules of the person's language, not the page's.
    this.log.lang = currentPerson().language;
    const hadFocus = this.foot.contains(document.activeElement);
    this.head.replaceChildren(drawTalkHead());
    const gate = drawGate();
    this.foot.replaceChildren(gate || this.bottom.node);
    if (!gate) this.bottom.load();
    if (hadFocus && !gate) this.composer.input.focus({ preventScroll: true });
  }

  nameAll() {
    const account = JSON.stringify(currentAccount());
    if (this.account && account !== this.account) this.list.redrawAll();
    this.account = account;
  }

  drawHead() {
    const badge = this.head.querySelector(".badge");
    if (badge) showUnread(badge);
  }

  perform(action, entry) {
    if (entry) tappedMessage(currentTalk(), entry.id, action);
    return perform(action, this.bottom, entry);
  }
}
