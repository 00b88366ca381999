// /staff/orders: keeps the board up to date, is heard when an order comes in, and moves orders on.

import { act, ask } from "./calls.js";
import { allowSounds, play } from "./sounds.js";
import { known, t } from "./words.js";

const LOOK_MS = 4_000;
const REFRESH_MS = 60_000;
const KEPT = "tsunagu-order-sound";
const board = document.getElementById("orders");
const status = document.getElementById("status");
const sound = document.getElementById("sound");

let busy = false;
let missed = 0;
let shown = Date.now();

sound.hidden = false;
sound.setAttribute("aria-pressed", localStorage.getItem(KEPT) !== "off");
sound.addEventListener("click", () => {
  const on = sound.getAttribute("aria-pressed") !== "true";
  sound.setAttribute("aria-pressed", on);
  localStorage.setItem(KEPT, on ? "on" : "off");
  allowSounds();
  if (on) play("order");
});
document.addEventListener("pointerdown", allowSounds, { once: true });
document.addEventListener("keydown", allowSounds, { once: true });
board.addEventListener("submit", moved);
// Hidden pages look too: somebody at the stove shall hear an order that nobody sees.
setInterval(lookNow, LOOK_MS);

async function lookNow() {
  if (busy) return;
  try {
    const { stamp, newest } = await ask(`/orders/pulse?store=${encodeURIComponent(board.dataset.store)}`);
    if (missed > 1) say("");
    missed = 0;
    if (newest > Number(board.dataset.newest)) heard();
    // Time passes too, and payments come in, which no stamp tells of.
    const unpaid = board.querySelector("[data-unpaid]");
    if (unpaid || stamp !== board.dataset.stamp || Date.now() - shown > REFRESH_MS) await refresh();
  } catch (refusal) {
    if (!refusal.code) throw refusal;
    if (refusal.code === "not_logged_in") location.reload();
    missed += 1;
    if (missed > 1) say(t("board.refused_offline"), { bad: true });
  }
}

function heard() {
  say(t("board.new"));
  if (sound.getAttribute("aria-pressed") === "true") play("order");
}

async function moved(event) {
  const { number } = event.target.dataset;
  if (!number) return;
  event.preventDefault();
  if (busy) return;
  busy = true;
  board.setAttribute("aria-busy", "true");
  const form = new FormData(event.target);
  const state = form.get("state");
  const said = { state };
  if (form.get("minutes")) said.minutes = Number(form.get("minutes"));
  if (form.get("reason")) said.reason = form.get("reason");
  try {
    await act(`/orders/${number}/move`, said);
    play("done");
    say(t(`board.done_${state}`, { number }));
    event.target.reset();
  } catch (refusal) {
    if (!refusal.code) throw refusal;
    if (refusal.code === "not_logged_in") location.reload();
    play(refusal.code);
    say(t(known(`board.refused_${refusal.code}`) ? `board.refused_${refusal.code}` : "board.refused_other"), { bad: true });
  }
  await refresh();
  busy = false;
  board.removeAttribute("aria-busy");
  board.querySelector(`[data-number="${number}"] a`)?.focus({ preventScroll: true });
}

/** Ask the server how the board stands now, and show that; what is being typed stays. */
async function refresh() {
  try {
    const answer = await fetch(`/staff/orders?store=${encodeURIComponent(board.dataset.store)}`, { headers: { Accept: "text/html" } });
    const newer = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("orders");
    if (!answer.ok || !newer) return;
    const typed = kept();
    Object.assign(board.dataset, newer.dataset);
    board.replaceChildren(...newer.childNodes);
    restore(typed);
    shown = Date.now();
  } catch {
    // Without a connection the board stays as it is; the next look asks again.
  }
}

/** What each ticket holds that only this page knows, and where the focus is. */
function kept() {
  const tickets = [...board.querySelectorAll(".ticket")].map((ticket) => ({
    number: ticket.dataset.number,
    open: Boolean(ticket.querySelector("details")?.open),
    fields: [...ticket.querySelectorAll("[name=minutes], [name=reason]")].map(({ name, value }) => [name, value]),
  }));
  const focused = document.activeElement;
  const held = focused?.closest?.(".ticket");
  const focus = held && { number: held.dataset.number, name: focused.name, tag: focused.tagName };
  return { tickets, focus };
}

function restore({ tickets, focus }) {
  for (const { number, open, fields } of tickets) {
    const ticket = board.querySelector(`.ticket[data-number="${number}"]`);
    const details = ticket?.querySelector("details");
    if (details) details.open = open;
    for (const [name, value] of fields) {
      const field = ticket?.querySelector(`[name=${name}]`);
      if (field) field.value = value;
    }
  }
  if (!focus) return;
  const ticket = board.querySelector(`.ticket[data-number="${focus.number}"]`);
  const same = focus.name ? `[name="${focus.name}"]` : focus.tag;
  ticket?.querySelector(same)?.focus({ preventScroll: true });
}

function say(words, { bad = false } = {}) {
  status.textContent = words;
  status.classList.toggle("notice-bad", bad);
  status.hidden = !words;
}
