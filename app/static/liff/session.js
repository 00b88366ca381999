// Who is asking: inside LINE the tokens of LINE's SDK, in an outside browser our own cookie.
// LINE: https://developers.line.biz/en/reference/liff/

import { told } from "./frame.js";
import { Problem } from "./problem.js";

// The server gives LINE five seconds too.
const SDK_MS = 5000;
const INIT_MS = 8000;
// A page that has just been opened anew and is refused again would go round for ever.
const REOPENED = "tsunagu.reopened";
const REOPENED_MS = 60_000;
const FOREVER = new Promise(() => {});

/** Whether the page is shown by LINE's app. */
export let inLine = false;

/**
 * Find out where we are, and let LINE's SDK take what the app hands over. Throws Problem.
 *
 * In an outside browser the SDK has one thing to do: to lead on from `liff.state` to the page it names.
 */
export async function begin() {
  const liff = await sdk();
  inLine = liff.isInClient();
  if (!inLine && !new URLSearchParams(location.search).has("liff.state")) return;
  if (!told("liff-id")) throw new Problem("set_up");
  await inTime(INIT_MS, liff.init({ liffId: told("liff-id") })).catch(refused);
}

/**
 * The headers that say who is asking.
 * @param {boolean} live also prove that the page is open in LINE right now
 * @returns {Object<string, string>}
 */
export function credentials(live) {
  if (!inLine) return {};
  const headers = { Authorization: `Bearer ${window.liff.getIDToken()}` };
  return live ? { ...headers, "X-LINE-Access-Token": window.liff.getAccessToken() } : headers;
}

/**
 * Open this page anew through LINE, which hands over fresh tokens. Once: then the person is asked.
 * @returns {Promise<void>} never ends where the page is left
 */
export async function reopenOnce() {
  const last = Number(sessionStorage.getItem(REOPENED));
  if (!inLine || Date.now() - last < REOPENED_MS) return;
  sessionStorage.setItem(REOPENED, String(Date.now()));
  reopen();
  await FOREVER;
}

/** Open this page anew: by its LIFF URL inside LINE, as it is outside. */
export function reopen() {
  if (!inLine) {
    location.reload();
    return;
  }
  window.liff.logout();
  const query = new URLSearchParams(location.search);
  for (const name of [...query.keys()]) if (name === "account" || name.startsWith("liff.")) query.delete(name);
  const path = location.pathname.replace(/^\/liff\/?/, "");
  const rest = (path && `/${path}`) + (String(query) && `?${query}`);
  location.replace(`${told("liff-base")}/${told("liff-id")}${rest}`);
}

/** Close the page where that is possible: LINE's app does, a browser only closes what a script has opened. */
export function closePage() {
  window.liff?.closeWindow();
}

/** End the session of an outside browser, which may be somebody else's. */
export async function logOut() {
  await fetch("/login/out", { method: "POST", headers: { "X-Requested-With": "tsunagu" } }).catch(() => undefined);
  location.reload();
}

async function sdk() {
  if (!window.liff) {
    const script = document.getElementById("liff-sdk");
    await inTime(SDK_MS, new Promise((resolve, reject) => {
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
    })).catch(refused);
  }
  return window.liff;
}

function inTime(milliseconds, work) {
  const late = new Promise((_resolve, reject) => { setTimeout(() => reject(new Error("late")), milliseconds); });
  return Promise.race([work, late]);
}

function refused() {
  throw new Problem(navigator.onLine ? "line_unavailable" : "offline");
}
