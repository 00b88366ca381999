// A month with free, few and full days, the free times of one of them, and a place in the waitlist of a full one.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { askButton, orNote } from "./problems.js";
import { hold } from "./reserve_confirm.js";
import { addressOfAll, slot } from "./reserve_parts.js";
import { dayPart, monthOf, timePart } from "./reserve_words.js";
import { announce, backButton, draw, go, once } from "./views.js";
import { dayOf, language, t } from "./words.js";

const SIGNS = { free: "○", few: "△", full: "×", closed: "－" };
const NOON = "12:00";
// Noon of the next day: whatever opening the day has, it suits.
const LATEST = "36:00";

/**
 * @typedef {{store: Object, service: Object, wish: Object, note: string, most: number, moving?: Object}} Plan
 *   `moving`: the reservation that is changed; `most`: how long a note may be
 *
 * @param {Plan} plan
 * @returns {Promise<void>} once the month is on the screen; throws Problem
 */
export async function chooseTime(plan) {
  const first = plan.moving ? dayPart(plan.moving.starts_at) : plan.store.today;
  const at = { month: first.slice(0, 7), days: {}, day: "", starts: [] };
  await loadMonth(plan, at);
  const redraw = (words) => { draw({ stay: true }); announce(words); };
  const turn = async (by) => {
    Object.assign(at, { month: shifted(at.month, by), day: "", starts: [] });
    await loadMonth(plan, at);
    redraw(monthOf(at.month));
  };
  const look = async (day) => {
    Object.assign(at, { starts: await loadDay(plan, day), day });
    redraw(heard(at));
  };
  go(() => [
    backButton(),
    el("h1", { text: t("reserve.choose_time") }),
    calendar(plan, at, turn, look),
    at.day && times(plan, at),
  ]);
}

async function loadMonth(plan, at) {
  const first = [`${at.month}-01`, plan.store.today].sort()[1];
  const last = lastOf(at.month);
  at.days = first > last ? {} : (await ask("POST", "/reserve/month", { ...plan.wish, first, last, ...movingOf(plan) })).days;
}

async function loadDay(plan, day) {
  const { times: found } = await ask("POST", "/reserve/times", { ...plan.wish, first: day, last: day, ...movingOf(plan) });
  return found[day] || [];
}

function movingOf(plan) {
  return plan.moving ? { moving: plan.moving.code } : {};
}

function calendar(plan, at, turn, look) {
  const [earliest, latest] = [plan.store.today.slice(0, 7), dayAfter(plan.store.today, plan.store.horizon).slice(0, 7)];
  const turnButton = (id, by, text, possible) => {
    const node = askButton(text, () => turn(by), { kind: "text" });
    node.id = id;
    node.disabled = !possible;
    return node;
  };
  return el("section", { class: "card stack month-card" },
    el("div", { class: "month-head" },
      turnButton("month-before", -1, t("reserve.before"), at.month > earliest),
      el("h2", { text: monthOf(at.month), "aria-live": "polite" }),
      turnButton("month-after", 1, t("reserve.after"), at.month < latest)),
    el("div", { class: "month", role: "group", "aria-label": monthOf(at.month) },
      ...weekdays().map((name) => el("span", { class: "month-name", "aria-hidden": "true", text: name })),
      ...Array.from({ length: weekday(`${at.month}-01`) }, () => el("span", { class: "month-gap" })),
      ...daysOf(at.month).map((day) => dayButton(day, at, look))),
    el("p", { class: "small", text: t("reserve.legend") }));
}

function dayButton(day, at, look) {
  const state = at.days[day] || "closed";
  const node = el("button", { class: `day day-${state}`, type: "button", id: `day-${day}`, disabled: state === "closed",
    "aria-label": `${dayOf(day)} ${t(`reserve.day_${state}`)}` },
  el("span", { class: "number", text: String(Number(day.slice(8))) }), el("span", { class: "day-sign", "aria-hidden": "true", text: SIGNS[state] }));
  node.ariaPressed = String(day === at.day);
  node.addEventListener("click", () => once(node, () => orNote(node.closest(".card"), () => look(day))));
  return node;
}

function times(plan, at) {
  if (!at.starts.length) return full(plan, at);
  const groups = [[t("reserve.morning"), at.starts.filter((start) => timePart(start) < NOON)], [t("reserve.afternoon"), at.starts.filter((start) => timePart(start) >= NOON)]];
  return el("section", { class: "card stack" }, el("h2", { text: heard(at) }),
    ...groups.filter(([, starts]) => starts.length).map(([name, starts]) => el("div", { class: "stack" },
      el("h3", { class: "small", text: name }),
      el("div", { class: "slots" }, ...starts.map((start) => slot(start, (node) => hold(plan, start, node.parentElement, go)))))));
}

/** A full day: whoever waits is told as soon as a time becomes free. */
function full(plan, at) {
  const key = crypto.randomUUID();
  const wait = async () => {
    await ask("POST", "/waitlist", { ...plan.wish, day: at.day, from_time: "00:00", to_time: LATEST }, { key });
    location.assign(addressOfAll("waits"));
  };
  return el("section", { class: "card stack" }, el("h2", { text: dayOf(at.day) }),
    el("p", { class: "lead", text: t("reserve.full_text") }),
    !plan.moving && askButton(t("reserve.wait"), wait));
}

function heard(at) {
  return t("reserve.times_of", { day: dayOf(at.day), count: at.starts.length });
}

function weekdays() {
  const name = new Intl.DateTimeFormat(language === "en" ? "en-GB" : "ja-JP", { weekday: "short", timeZone: "UTC" });
  return Array.from({ length: 7 }, (_, day) => name.format(Date.UTC(2023, 0, 1 + day)));
}

function weekday(day) {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

function daysOf(month) {
  const count = Number(lastOf(month).slice(8));
  return Array.from({ length: count }, (_, index) => `${month}-${String(index + 1).padStart(2, "0")}`);
}

function lastOf(month) {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

function shifted(month, by) {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

function dayAfter(day, count) {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + count);
  return moment.toISOString().slice(0, 10);
}
