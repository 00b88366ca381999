// /staff/reservations: lays the day out, lets reservations be moved, and keeps the page up to date.

import { layOut, nowInSight } from "./board.js";
import { act } from "./calls.js";
import { draggable, putBack } from "./drag.js";
import { language } from "./told.js";
import { known, t } from "./words.js";

const REFRESH_MS = 60_000;
const book = document.getElementById("book");
const status = document.getElementById("status");
const ask = document.getElementById("ask");
const zone = book.dataset.zone;
const clock = new Intl.DateTimeFormat(language(), { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: zone });
const moment = new Intl.DateTimeFormat(language(), {
  month: "numeric", day: "numeric", weekday: "short", hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: zone });

let busy = false;

layOut(book);
nowInSight(book);
const drags = draggable(book, { drop: dropped, say, at: (ms) => clock.format(ms) });
book.addEventListener("click", newThere);
setInterval(() => { if (!document.hidden && !busy && !drags.active()) refresh(); }, REFRESH_MS);

/**
 * A reservation was put somewhere else: ask, tell the server, and show how it stands then.
 * @param {HTMLElement} item
 * @param {{resource: number, name: string, starts_at?: string, day?: string, said: string}} to
 */
async function dropped(item, to) {
  const { code, version, name } = item.dataset;
  busy = true;
  book.setAttribute("aria-busy", "true");
  const wanted = await confirmed(name, item.dataset.starts, to);
  if (wanted) await move(code, Number(version), to, name);
  else say(t("week.left"));
  delete item.dataset.moved;
  putBack(item);
  await refresh();
  busy = false;
  book.removeAttribute("aria-busy");
  book.querySelector(`[data-code="${code}"] a`)?.focus({ preventScroll: true });
}

async function move(code, version, { resource, starts_at, day }, name) {
  const place = day ? { day } : { starts_at };
  try {
    const done = await act(`/reservations/${code}/move`, { version, resource, ...place });
    say(t("week.moved", { name, time: moment.format(new Date(done.starts_at)) }));
  } catch (refusal) {
    if (!refusal.code) throw refusal;
    if (refusal.code === "not_logged_in") location.reload();
    say(wordsFor(refusal), { bad: true });
  }
}

function confirmed(name, before, to) {
  document.getElementById("ask-title").textContent = t("week.ask", { name });
  document.getElementById("ask-text").textContent = t("week.ask_text", {
    before: moment.format(new Date(before)), after: `${to.said} ${to.name}` });
  ask.returnValue = "";
  ask.showModal();
  return new Promise((done) => {
    ask.addEventListener("close", () => done(ask.returnValue === "yes"), { once: true });
  });
}

/** Ask the server how it stands now, and show that in place of what is here. */
async function refresh() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const newer = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("book");
    if (!answer.ok || !newer) return;
    const board = document.getElementById("board");
    const [left, top] = [board.scrollLeft, board.scrollTop];
    const focused = document.activeElement?.closest("[data-code]")?.dataset.code;
    book.replaceChildren(...newer.childNodes);
    layOut(book);
    document.getElementById("board").scrollTo({ left, top });
    if (focused) book.querySelector(`[data-code="${focused}"] a`)?.focus({ preventScroll: true });
  } catch {
    // Without a connection the page stays as it is; the next round asks again.
  }
}

/** A tap on a free place of a lane begins a new reservation there. */
function newThere(event) {
  const room = event.target.closest(".lane-room");
  if (!room || event.target.closest(".block") || drags.active()) return;
  const minutes = Number(document.getElementById("board").dataset.minutes);
  const { top, height } = room.getBoundingClientRect();
  const at = Math.floor((event.clientY - top) / height * minutes / 15) * 15;
  const begin = Number(document.getElementById("board").dataset.begin);
  const address = new URL(room.closest(".lane").querySelector(".lane-new").href);
  address.searchParams.set("time", clock.format(begin + at * 60_000).padStart(5, "0"));
  location.assign(address);
}

function wordsFor({ code, details }) {
  const times = (details.nearest ?? []).map((each) => moment.format(new Date(each)));
  if (code === "slot_taken") return t(times.length ? "week.refused_slot_taken" : "week.refused_full", { times: times.join(t("week.comma")) });
  return t(known(`week.refused_${code}`) ? `week.refused_${code}` : "week.refused_other");
}

function say(words, { bad = false } = {}) {
  status.textContent = words;
  status.classList.toggle("notice-bad", bad);
  status.hidden = !words;
}
