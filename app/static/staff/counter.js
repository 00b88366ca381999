// /staff/scan: read a member's code, have the member on the screen, act, and on to the next one.

import { act, look } from "./calls.js";
import { lookUp } from "./look_up.js";
import { memberView } from "./member_view.js";
import { readerView } from "./reader_view.js";
import { allowSounds, play } from "./sounds.js";
import { language, told } from "./told.js";
import { known, t } from "./words.js";

const place = document.getElementById("counter");
const status = document.getElementById("status");
const store = document.getElementById("store");
const onward = document.getElementById("next");
// A member number, ours or an older system's (app/domain/members/limits.py); codes are longer.
const NUMBER = /^(?=.*\d)[A-Z0-9-]{4,20}$/i;
const KEPT = "tsunagu-store";

const whole = new Intl.NumberFormat(language());
// One for the whole day: its reader of codes is loaded once.
const reader = readerView({ onCode: scan, onLookUp: told("may-look-up") ? () => byHand() : null });

let busy = false;
let session = null;

document.addEventListener("pointerdown", allowSounds, { once: true });
document.addEventListener("keydown", allowSounds, { once: true });
store.value = localStorage.getItem(KEPT) ?? store.value;
if (!store.value) store.selectedIndex = 0;
store.addEventListener("change", () => {
  localStorage.setItem(KEPT, store.value);
  next();
});
onward.addEventListener("click", () => {
  // Nobody waits for it: an end that does not arrive comes by itself after ten minutes.
  act(`/counter/${session}/end`, {}).catch(() => undefined);
  next();
});
next();

/** Wait for the next member. */
async function next() {
  const ready = t("counter.ready");
  serving(null);
  place.replaceChildren(reader.node);
  say(ready);
  scrollTo(0, 0);
  const looks = await reader.start();
  if (!looks && status.textContent === ready) say("");
}

function byHand(number = "") {
  reader.stop();
  say("");
  lookUp(place, { search, open: openByHand, back: next }, number);
}

async function scan(code) {
  // The bar code of a member number only says who somebody may be: they are looked up, and proved.
  if (NUMBER.test(code) && told("may-look-up")) {
    byHand(code);
    return;
  }
  await attempt(() => act("/counter/scans", { code, store: store.value }), arrived);
}

async function search(written, show) {
  await attempt(() => look("/counter/members", { who: written }), (found) => {
    say("");
    show(found);
  });
}

async function openByHand(member, who, factor, reason) {
  await attempt(() => act("/counter/look-ups", { member, who, factor, reason, store: store.value }), arrived);
}

/** With a member before the counter the way on stands where the store is chosen without one. */
function serving(theirs) {
  session = theirs;
  onward.hidden = !theirs;
  document.getElementById("store-choice").hidden = Boolean(theirs);
}

/** The member is there: show them, and do what is tapped. */
function arrived(shown) {
  reader.stop();
  serving(shown.session);
  play("good");
  say([t("counter.arrived", { name: shown.member.name }), outcome(shown)].join(""));
  draw(shown);
  scrollTo(0, 0);
}

function draw(shown) {
  const typed = [...place.querySelectorAll(".acts input")].map(({ id, value }) => [id, value]);
  const perform = (path, body) => attempt(() => act(`/counter/${shown.session}${path}`, body), (newer) => {
    play("done");
    say(outcome(newer));
    draw(newer);
  });
  place.replaceChildren(memberView(shown, perform));
  // What was typed for another act stays.
  for (const [id, value] of typed.filter(([id]) => id !== shown.said?.kind)) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  place.querySelector("h2").focus({ preventScroll: true });
}

/** What was just done, in words. */
function outcome({ said }) {
  return said ? t(`counter.done_${said.kind}`, { points: whole.format(said.points ?? 0) }) : "";
}

/** Do one thing at a time; a refusal is shown in words and heard, and nothing else changes. */
async function attempt(work, then) {
  if (busy) return;
  busy = true;
  place.setAttribute("aria-busy", "true");
  try {
    then(await work());
  } catch (refusal) {
    if (!refusal.code) throw refusal;
    play(refusal.code);
    say(wordsFor(refusal), { bad: true });
    if (refusal.code === "counter_session_over") next();
  } finally {
    busy = false;
    place.removeAttribute("aria-busy");
  }
}

function wordsFor({ code, details }) {
  if (code === "not_logged_in") location.assign("/staff/login?next=/staff/scan");
  return t(known(`counter.refused_${code}`) ? `counter.refused_${code}` : "counter.refused_other", details);
}

function say(words, { bad = false } = {}) {
  status.textContent = words;
  status.classList.toggle("notice-bad", bad);
  status.hidden = !words;
}
