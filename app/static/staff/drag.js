// Moving a reservation: with the mouse, with a finger that rests on it first, or with the keys.
//
// Keys: Shift and an arrow moves what has the focus by a quarter of an hour, or to the next lane or
// day; Return puts it there and Escape leaves it where it was.

import { t } from "./words.js";

const STEP = 15;
const SLOP_PX = 5;
const REST_MS = 350;
const MINUTE_MS = 60_000;
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/**
 * @param {HTMLElement} book
 * @param {{drop: function(HTMLElement, Object): void, say: function(string): void, at: function(number): string}} ways
 *   `drop` hears where something was put, `at` writes a moment (ms) as people read it.
 */
export function draggable(book, { drop, say, at }) {
  let held = null;

  book.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-moves]");
    if (!item || event.button !== 0 || held) return;
    held = take(item, event);
    // A finger scrolls, unless it rests first.
    if (event.pointerType === "touch") held.timer = setTimeout(() => held && lift(held), REST_MS);
  });
  document.addEventListener("pointermove", (event) => {
    if (!held?.pointer) return;
    const moved = Math.hypot(event.clientX - held.x, event.clientY - held.y);
    if (!held.lifted && moved > SLOP_PX) {
      if (event.pointerType === "touch") { letGo(); return; }
      lift(held);
    }
    if (held.lifted) place(held, under(book, held, event), at);
  });
  document.addEventListener("pointerup", () => {
    if (!held?.pointer) return;
    const { lifted } = held;
    if (lifted) put();
    else letGo();
  });
  document.addEventListener("pointercancel", () => { if (held?.pointer) letGo(); });
  document.addEventListener("touchmove", (event) => { if (held?.lifted) event.preventDefault(); }, { passive: false });
  book.addEventListener("dragstart", (event) => event.preventDefault());
  // Letting go of what was moved is no tap on it.
  book.addEventListener("click", (event) => {
    if (event.target.closest("[data-moved]")) event.preventDefault();
  }, true);
  book.addEventListener("keydown", (event) => {
    const item = event.target.closest("[data-moves]");
    if (!item) return;
    if (event.shiftKey && ARROWS[event.key]) byKey(item, ARROWS[event.key], event);
    else if (held && event.key === "Enter") { event.preventDefault(); put(); }
    else if (held && event.key === "Escape") { letGo(); say(t("week.left")); }
  });
  book.addEventListener("focusout", () => { if (held && !held.pointer) letGo(); });

  function byKey(item, [across, down], event) {
    event.preventDefault();
    held ??= take(item);
    if (!held.lifted) lift(held);
    place(held, beside(book, held, across, down), at);
    say(t("week.moving", { time: held.to.said, name: held.to.name }));
  }

  function put() {
    const { item, to, first } = held;
    clear();
    item.dataset.moved = "";
    if (to && to.key !== first) {
      held = null;
      drop(item, to);
      return;
    }
    letGo();
    setTimeout(() => delete item.dataset.moved);
  }

  function letGo() {
    clear();
    if (held) putBack(held.item);
    held = null;
  }

  function clear() {
    clearTimeout(held?.timer);
    for (const node of book.querySelectorAll(".target")) node.classList.remove("target");
  }

  return { active: () => Boolean(held?.lifted) };
}

/** Show something where it was before it was moved. */
export function putBack(item) {
  item.classList.remove("lifted");
  item.style.removeProperty("--shift-x");
  item.style.removeProperty("--shift-y");
}

function take(item, event) {
  const home = item.closest("[data-resource]");
  return { item, home, here: home, x: event?.clientX, y: event?.clientY, pointer: Boolean(event), lifted: false,
    to: null, first: keyOf(home, Number(item.dataset.at ?? 0)), minutes: Number(item.dataset.at ?? 0) };
}

function lift(held) {
  held.lifted = true;
  held.item.classList.add("lifted");
}

/** The place below the pointer: its lane or cell, and the quarter of an hour. */
function under(book, held, event) {
  const places = [...book.querySelectorAll("[data-resource]")];
  const inside = ({ left, right, top, bottom }) =>
    event.clientX >= left && event.clientX < right && event.clientY >= top && event.clientY < bottom;
  const here = places.find((each) => inside(each.getBoundingClientRect())) ?? held.here;
  const room = held.home.querySelector(".lane-room");
  if (!room) return { here, minutes: 0 };
  const moved = (event.clientY - held.y) / room.offsetHeight * total();
  const wanted = Number(held.item.dataset.at) + moved;
  return { here, minutes: within(held, Math.round(wanted / STEP) * STEP) };
}

/** The place beside the present one, where there is one. */
function beside(book, held, across, down) {
  const rows = [...book.querySelectorAll("tbody tr")];
  if (!rows.length) {
    const lanes = [...book.querySelectorAll(".lane")];
    const here = lanes[lanes.indexOf(held.here) + across] ?? held.here;
    return { here, minutes: within(held, held.minutes + down * STEP) };
  }
  const row = rows[rows.indexOf(held.here.parentElement) + down] ?? held.here.parentElement;
  const cells = [...row.querySelectorAll("[data-day]")];
  const column = [...held.here.parentElement.querySelectorAll("[data-day]")].indexOf(held.here);
  return { here: cells[column + across] ?? cells[column], minutes: 0 };
}

function place(held, { here, minutes }, at) {
  const from = held.item.getBoundingClientRect();
  for (const node of document.querySelectorAll(".target")) node.classList.remove("target");
  here.classList.add("target");
  held.here = here;
  held.minutes = minutes;
  const shift = shiftOf(held, here, minutes, from);
  held.item.style.setProperty("--shift-x", `${shift.x}px`);
  held.item.style.setProperty("--shift-y", `${shift.y}px`);
  held.to = target(held, at);
}

function shiftOf(held, here, minutes, from) {
  const now = (name) => Number.parseFloat(held.item.style.getPropertyValue(name)) || 0;
  const room = held.home.querySelector(".lane-room");
  const [home, there] = [held.home.getBoundingClientRect(), here.getBoundingClientRect()];
  if (room) return { x: there.left - home.left, y: (minutes - Number(held.item.dataset.at)) / total() * room.offsetHeight };
  const [left, top] = [from.left - now("--shift-x"), from.top - now("--shift-y")];
  const still = here === held.home;
  return { x: still ? 0 : there.left + 4 - left, y: still ? 0 : there.bottom - from.height - 4 - top };
}

function target(held, at) {
  const { resource, name, day, said } = held.here.dataset;
  const to = { resource: Number(resource), name, key: keyOf(held.here, held.minutes) };
  if (day) return { ...to, day, said: `${said} ${at(new Date(held.item.dataset.starts))}` };
  const ms = Number(document.getElementById("board").dataset.begin) + held.minutes * MINUTE_MS;
  return { ...to, starts_at: new Date(ms).toISOString(), said: at(ms) };
}

function keyOf({ dataset }, minutes) {
  return `${dataset.resource}/${dataset.day ?? ""}/${minutes}`;
}

function within(held, minutes) {
  return Math.min(Math.max(minutes, 0), total() - Number(held.item.dataset.minutes));
}

function total() {
  return Number(document.getElementById("board").dataset.minutes);
}
