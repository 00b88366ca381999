// A long list of rows of one height, of which only those in sight exist.

import { el, soon } from "./dom.js";

const SPARE_ROWS = 6;

export class VirtualList {
  /**
   * @template T
   * @param {{label: string, rowHeight: number, keyOf: function(T): string, signatureOf: function(T): string, draw: function(T): HTMLElement}} options
   *   `draw` gives the content of a row; it is called anew when the row's signature changes
   */
  constructor(options) {
    this.options = options;
    this.items = [];
    this.list = el("ul", { class: "virtual-list", "aria-label": options.label });
    this.node = el("div", { class: "virtual-box", on: { keydown: (event) => this.onKey(event) } }, this.list);
    this.update = soon(() => this.draw());
    this.node.addEventListener("scroll", this.update, { passive: true });
    new ResizeObserver(this.update).observe(this.node);
  }

  /** @param {T[]} items */
  show(items) {
    this.items = items;
    this.list.style.height = `${items.length * this.options.rowHeight}px`;
    this.draw();
  }

  /** Bring an item into sight. @param {string} key */
  reveal(key) {
    const place = this.items.findIndex((item) => this.options.keyOf(item) === key);
    if (place < 0) return;
    const top = place * this.options.rowHeight;
    const { scrollTop, clientHeight } = this.node;
    if (top < scrollTop || top + this.options.rowHeight > scrollTop + clientHeight) this.node.scrollTop = top - clientHeight / 2;
    this.draw();
  }

  draw() {
    const rows = new Map([...this.list.children].map((row) => [row.dataset.key, row]));
    const focused = document.activeElement?.closest(".virtual-row");
    for (const place of this.placesInSight()) this.place(place, rows);
    // The row that has the focus stays even out of sight, else the keyboard would be lost.
    for (const row of rows.values()) if (row !== focused || !this.items.some((item) => this.options.keyOf(item) === row.dataset.key)) row.remove();
  }

  placesInSight() {
    const { rowHeight } = this.options;
    const first = Math.max(0, Math.floor(this.node.scrollTop / rowHeight) - SPARE_ROWS);
    const last = Math.min(this.items.length, Math.ceil((this.node.scrollTop + this.node.clientHeight) / rowHeight) + SPARE_ROWS);
    return Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
  }

  place(place, rows) {
    const item = this.items[place];
    const key = this.options.keyOf(item);
    const signature = this.options.signatureOf(item);
    let row = rows.get(key);
    rows.delete(key);
    if (!row) row = this.list.appendChild(el("li", { class: "virtual-row", "data-key": key }));
    if (row.dataset.signature !== signature) this.fill(row, item, signature);
    row.dataset.place = String(place);
    row.style.top = `${place * this.options.rowHeight}px`;
    row.setAttribute("aria-posinset", String(place + 1));
    row.setAttribute("aria-setsize", String(this.items.length));
  }

  fill(row, item, signature) {
    const hadFocus = row.contains(document.activeElement);
    row.dataset.signature = signature;
    row.replaceChildren(this.options.draw(item));
    if (hadFocus) row.querySelector("button")?.focus({ preventScroll: true });
  }

  onKey(event) {
    const row = event.target.closest(".virtual-row");
    const place = Number(row?.dataset.place);
    const goal = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: this.items.length - 1 }[event.key];
    if (!row || goal === undefined || !this.items[goal]) return;
    event.preventDefault();
    const key = this.options.keyOf(this.items[goal]);
    this.reveal(key);
    this.list.querySelector(`[data-place="${goal}"] button`)?.focus({ preventScroll: true });
  }
}
