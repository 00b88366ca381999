// What is in the way, as a calm page with a way on, or as a note above the button that was pressed.

import { el } from "./dom.js";
import { addressOf } from "./frame.js";
import { Problem } from "./problem.js";
import { closePage, inLine, reopen } from "./session.js";
import { announce, button, calm, current, notice, show } from "./views.js";
import { t } from "./words.js";

const AWAY = new Set(["line_unavailable", "unavailable"]);
const NOT_SET_UP = new Set(["set_up", "no_login_channel"]);
const ANEW = new Set(["token_expired", "bad_token"]);

/**
 * Do the page's first work; what is in the way becomes the page, and can be tried again from there.
 * @param {function(): Promise<*>} work
 */
export async function orPage(work) {
  try {
    await work();
  } catch (error) {
    const problem = named(error);
    const again = () => orPage(work);
    if (problem.code === "offline") window.addEventListener("online", again, { once: true });
    show(() => pageOf(problem, again));
  }
}

/**
 * Do what somebody asks for; what is in the way is said above the node, and nothing typed is lost.
 * @param {HTMLElement} node
 * @param {function(): Promise<*>} work
 * @param {Object<string, function(Problem): *>} [known] by code: what this place does about a problem
 */
export async function orNote(node, work, known = {}) {
  if (node.previousElementSibling?.matches(".notice-bad")) node.previousElementSibling.remove();
  try {
    await work();
  } catch (error) {
    const problem = named(error);
    await (known[problem.code] || usual)(problem, node);
  }
}

// A mistake of ours must not leave the person with a page that stands still; the log has it.
function named(error) {
  if (error instanceof Problem) return error;
  setTimeout(() => { throw error; });
  return new Problem("other");
}

/**
 * A button that asks the server for something.
 * @param {string} text
 * @param {function(): Promise<*>} work
 * @param {{kind?: string, known?: Object<string, function(Problem): *>}} [options] as in button() and orNote()
 */
export function askButton(text, work, { kind = "", known = {} } = {}) {
  const node = button(text, () => orNote(node, work, known), { kind });
  return node;
}

function usual(problem, node) {
  const before = current();
  if (problem.code === "too_many_tries") show(waitView(problem.more.retry_after, () => show(before)));
  else if (problem.code === "not_logged_in" || ANEW.has(problem.code)) show(() => pageOf(problem, reopen));
  else node.before(notice(wordsOf(problem).join(" — "), { bad: true }));
}

/** Title and text of a problem: ours where we have a better word than the server. */
function wordsOf({ code, more }) {
  if (code === "offline") return [t("problem.offline"), t("problem.offline_text")];
  if (AWAY.has(code)) return [t("problem.line"), t("problem.line_text")];
  return [more.title || t("problem.other"), more.detail || t("problem.other_text")];
}

function pageOf(problem, again) {
  const { code } = problem;
  if (NOT_SET_UP.has(code)) return calm("clock", t("problem.set_up"), t("problem.set_up_text"), closeButton());
  if (code === "not_logged_in") return calm("lock", t("problem.login"), t(loginText()), loginLink());
  if (ANEW.has(code)) {
    return calm("clock", t("problem.expired"), t("problem.expired_text"), button(t("problem.reopen"), reopen), closeButton());
  }
  const away = code === "offline" || AWAY.has(code);
  const ways = el("div", { class: "stack" }, button(t("common.again"), again),
    inLine && !away && button(t("problem.reopen"), reopen, { kind: "quiet" }), closeButton());
  return calm(away ? "cloud" : "note", ...wordsOf(problem), ways);
}

/** Whoever comes back from LINE without a login is told that nothing has happened. */
function loginText() {
  const came = new URLSearchParams(location.search).get("login");
  return { refused: "problem.login_refused", failed: "problem.login_failed" }[came] ?? "problem.login_text";
}

/** The way through LINE Login, for an outside browser. */
function loginLink() {
  const href = addressOf("/login/line", { next: location.pathname });
  return el("a", { class: "button line-login", href, text: t("problem.login_button") });
}

/** A button that closes the page; only LINE's app can. */
export function closeButton() {
  return inLine ? button(t("common.close"), closePage, { kind: "text" }) : null;
}

/**
 * Too many tries: how long to wait, counted down.
 * @param {number} seconds
 * @param {function(): void} then what the button does once the time is over
 */
function waitView(seconds, then) {
  const until = Date.now() + seconds * 1000;
  return () => {
    const left = el("p", { class: "left number", "aria-hidden": "true" });
    const on = button(t("common.again"), then);
    const tick = () => {
      const rest = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      const over = rest === 0;
      left.textContent = over ? t("problem.wait_over") : t("problem.wait_left", { time: clock(rest) });
      on.hidden = !over;
      if (over && left.isConnected) announce(t("problem.wait_over"));
      else if (!over) setTimeout(tick, 1000);
    };
    tick();
    return calm("clock", t("problem.wait"), t("problem.wait_text"),
      el("p", { class: "visually-hidden", text: t("problem.wait_left", { time: clock(seconds) }) }), left, on, closeButton());
  };
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
