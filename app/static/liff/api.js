// Calls to /liff/api. Every refusal comes back as a Problem.

import { addressOf, told } from "./frame.js";
import { Problem } from "./problem.js";
import { credentials, reopenOnce } from "./session.js";
import { language } from "./words.js";

// The server itself gives up on LINE after five seconds.
const PATIENCE_MS = 12_000;
const TYPE = "urn:tsunagu:";

/**
 * @param {"GET"|"POST"|"PUT"} method
 * @param {string} path below /liff/api
 * @param {Object} [body]
 * @param {{live?: boolean, query?: Object<string, string>, key?: string}} [options] `live`: the call changes who is
 *   linked; `key`: sent again with it, the call counts once
 * @returns {Promise<Object>} the JSON of the answer; throws Problem
 */
export async function ask(method, path, body, { live = false, query = {}, key = "" } = {}) {
  const once = key ? { "Idempotency-Key": key } : {};
  const answer = await send(method, path, body, { ...credentials(live), ...once }, query);
  const document = await answer.json().catch(() => ({}));
  if (answer.ok) return document;
  const problem = problemOf(answer, document);
  if (problem.code === "token_expired") await reopenOnce();
  throw problem;
}

async function send(method, path, body, who, query) {
  const headers = { Accept: "application/json", "Accept-Language": language, "X-Requested-With": "tsunagu", ...who };
  if (body) headers["Content-Type"] = "application/json";
  const options = { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE_MS) };
  try {
    return await fetch(addressOf(told("api") + path, query), options);
  } catch {
    throw new Problem(navigator.onLine ? "unavailable" : "offline");
  }
}

function problemOf(answer, document) {
  const code = String(document.type || "").startsWith(TYPE) ? document.type.slice(TYPE.length) : "other";
  const after = Number(document.retry_after ?? answer.headers.get("Retry-After")) || 0;
  return new Problem(code, { ...document, status: answer.status, retry_after: after });
}
