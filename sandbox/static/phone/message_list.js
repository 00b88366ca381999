// The messages of one talk. Only a window of them is drawn, however long the talk is: pages are added at
// one end and rows taken away at the other. Single rows are replaced; the whole is never drawn anew.

import { dayRow, drawRow, showRead } from "./rows.js";
import { dayKey, moment } from "./time.js";

/** @typedef {import("./rows.js").Entry} Entry */
/** @typedef {{entry: Entry, row: HTMLElement, day: HTMLElement|null}} Item */

/** How many messages are drawn at most. */
export const MOST_ROWS = 120;

export class MessageList {
  /**
   * @param {HTMLElement} log the element the rows go into
   * @param {import("./rows.js").Hooks} hooks
   */
  constructor(log, hooks) {
    this.log = log;
    this.hooks = hooks;
    this.read = new Set();
    this.clear();
  }

  clear() {
    /** @type {Item[]} what is drawn, in order and without a gap */
    this.items = [];
    /** @type {Entry|null} the newest message of the talk, drawn or not */
    this.newest = null;
    this.readUpTo = 0;
    this.log.replaceChildren();
  }

  /** The number of the first message drawn, 0 for none. */
  get firstNumber() {
    return this.items[0]?.entry.n ?? 0;
  }

  /** The number of the last message drawn, 0 for none. */
  get lastNumber() {
    return this.items.at(-1)?.entry.n ?? 0;
  }

  /** Whether the newest message of the talk is drawn. */
  get atEnd() {
    return this.lastNumber === (this.newest?.n ?? 0);
  }

  /**
   * Add a message that has just come, or bring a known one up to date.
   * @param {Entry} entry
   * @param {boolean} [follow] whether older rows may go to make room
   * @returns {boolean} whether it is a new one
   */
  put(entry, follow = true) {
    const isNew = entry.n > (this.newest?.n ?? 0);
    const room = follow || this.items.length < MOST_ROWS;
    const belongs = entry.n < this.lastNumber ? entry.n > this.firstNumber : this.atEnd && room;
    this.notice(entry);
    const place = this.placeOf(entry.n);
    if (this.items[place]?.entry.n === entry.n) this.update(place, entry);
    else if (belongs) this.insert(place, entry);
    if (follow) this.trimStart();
    return isNew;
  }

  /** Learn of a message without drawing it. @param {Entry} entry */
  notice(entry) {
    if (entry.n >= (this.newest?.n ?? 0)) this.newest = entry;
    // Whoever answers has read what came before.
    if (entry.from === "account") this.markReadUpTo(entry.n);
  }

  /**
   * Draw a page of messages before or after those that are drawn.
   * @param {Entry[]} entries in order, next to what is drawn
   */
  addPage(entries) {
    const older = entries.length > 0 && entries[0].n < this.firstNumber;
    for (const entry of older ? [...entries].reverse() : entries) {
      this.notice(entry);
      this.insert(this.placeOf(entry.n), entry);
    }
    if (older) this.trimEnd();
    else this.trimStart();
  }

  /** The drawn message with this number or id. @param {number|string} key @returns {Item|undefined} */
  find(key) {
    return this.items.find(({ entry }) => entry.n === key || entry.id === key);
  }

  // Most messages are newer than all others, so the search begins at the end.
  placeOf(n) {
    let place = this.items.length;
    while (place > 0 && this.items[place - 1].entry.n >= n) place -= 1;
    return place;
  }

  insert(place, entry) {
    const row = this.draw(entry);
    const next = this.items[place];
    this.log.insertBefore(row, next ? next.day || next.row : null);
    this.items.splice(place, 0, { entry, row, day: null });
    this.dress(place);
    this.dress(place + 1);
  }

  update(place, entry) {
    const item = this.items[place];
    if (Boolean(item.entry.unsent) === Boolean(entry.unsent)) return;
    item.entry = entry;
    this.redraw(place);
    this.dress(place + 1);
  }

  redraw(place) {
    const item = this.items[place];
    const row = this.draw(item.entry);
    item.row.replaceWith(row);
    item.row = row;
    this.dress(place);
  }

  /** The account has another name or picture: it stands beside every message. */
  redrawAll() {
    for (const place of this.items.keys()) this.redraw(place);
  }

  draw(entry) {
    const row = drawRow(entry, this.hooks);
    if (this.read.has(entry.id) || entry.n < this.readUpTo) showRead(row);
    return row;
  }

  // What a row looks like hangs on the one before it: a line for a new day, a name for a new speaker.
  dress(place) {
    const item = this.items[place];
    if (!item) return;
    const before = this.items[place - 1]?.entry;
    const date = moment(item.entry.at);
    const newDay = !before || dayKey(moment(before.at)) !== dayKey(date);
    if (newDay && !item.day) {
      item.day = dayRow(date);
      item.row.before(item.day);
    } else if (!newDay) {
      item.day?.remove();
      item.day = null;
    }
    item.row.classList.toggle("row-follows", !newDay && before.from === item.entry.from && !before.unsent);
  }

  /** Write the days anew; 「今日」 has become 「昨日」. */
  renewDays() {
    for (const [place, item] of this.items.entries()) {
      item.day?.remove();
      item.day = null;
      this.dress(place);
    }
  }

  trimStart() {
    while (this.items.length > MOST_ROWS) discard(this.items.shift());
    this.dress(0);
  }

  trimEnd() {
    while (this.items.length > MOST_ROWS) discard(this.items.pop());
  }

  /** The server has taken this message. @param {string} id */
  markRead(id) {
    if (!id || this.read.has(id)) return;
    this.read.add(id);
    const item = this.find(id);
    if (item) showRead(item.row);
  }

  /** The account has read all before this number. @param {number} n */
  markReadUpTo(n) {
    if (n <= this.readUpTo) return;
    for (let place = this.placeOf(n) - 1; place >= 0 && this.items[place].entry.n >= this.readUpTo; place -= 1) {
      showRead(this.items[place].row);
    }
    this.readUpTo = n;
  }
}

function discard(item) {
  item.day?.remove();
  item.row.remove();
}
