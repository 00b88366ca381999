// Calls to /staff/api. A write has a key of its own, so that asking again does nothing twice.

import { told } from "./told.js";

const PATIENCE_MS = 8_000;
const PAUSES_MS = [300, 1_000];
const TYPE = "urn:tsunagu:";

// Refusals that do not tell whether the thing was done. The same thing asked again goes by the same key.
const UNKNOWN = new Set(["offline", "unavailable", "internal_error", "request_in_flight"]);
const unanswered = new Map();

/** What stood in the way: `code` is the server's word, "offline" or "other". */
export class Refusal extends Error {
  constructor(code, details = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

/**
 * Look for something; what is looked for is no part of the address, which logs would keep.
 * @param {string} path below /staff/api
 * @param {Object} body
 */
export function look(path, body) {
  return send("POST", path, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

/**
 * Read something that names nobody.
 * @param {string} path below /staff/api
 */
export function ask(path) {
  return send("GET", path, {});
}

/**
 * Do something once, however often it has to be sent, or tapped, until an answer arrives.
 * @param {string} path
 * @param {Object} body
 */
export async function act(path, body) {
  const written = JSON.stringify(body);
  const what = `${path} ${written}`;
  const key = unanswered.get(what) ?? crypto.randomUUID();
  unanswered.set(what, key);
  try {
    const answer = await insist(path, written, key);
    unanswered.delete(what);
    return answer;
  } catch (refusal) {
    if (!UNKNOWN.has(refusal.code)) unanswered.delete(what);
    throw refusal;
  }
}

async function insist(path, body, key) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
  for (const pause of PAUSES_MS) {
    try {
      return await send("POST", path, { headers, body });
    } catch (refusal) {
      if (!UNKNOWN.has(refusal.code)) throw refusal;
    }
    await new Promise((done) => { setTimeout(done, pause); });
  }
  return send("POST", path, { headers, body });
}

async function send(method, path, { headers = {}, body }) {
  const who = { Accept: "application/json", "X-CSRF-Token": told("csrf") };
  const options = { method, body, headers: { ...who, ...headers }, signal: AbortSignal.timeout(PATIENCE_MS) };
  let answer;
  try {
    answer = await fetch(`/staff/api${path}`, options);
  } catch {
    throw new Refusal("offline");
  }
  const document = await answer.json().catch(() => ({}));
  if (answer.ok) return document;
  // A server between us and ours has no words of ours.
  const strange = answer.status >= 500 ? "offline" : "other";
  const code = String(document.type || "").startsWith(TYPE) ? document.type.slice(TYPE.length) : strange;
  throw new Refusal(code, document);
}
