// Every HTTP request of the page, in one place. The paths are the sandbox's phone and control API.

/** An answer that is not 2xx, or no answer at all (status 0). */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

async function request(method, path, body) {
  const options = { method, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options).catch(() => {
    throw new ApiError(0, "");
  });
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new ApiError(answer.status, data.detail || data.title || answer.statusText);
  return data;
}

function talkPath(talk, verb) {
  const person = encodeURIComponent(talk.person);
  const account = encodeURIComponent(talk.account);
  return `/phone/api/talks/${person}/${account}/${verb}`;
}

/** @returns {Promise<{accounts: Object[], people: Object[]}>} */
export function getState() {
  return request("GET", "/phone/api/state");
}

/** The rich menu the person sees in a talk. @returns {Promise<{richmenu: Object|null}>} */
export function getRichMenu(talk) {
  return request("GET", talkPath(talk, "richmenu"));
}

/** A LIFF app. @param {string} id @returns {Promise<{view: string, name: string, endpoint: string, module: boolean}>} */
export function getLiff(id) {
  return request("GET", `/phone/api/liff/${encodeURIComponent(id)}`);
}

/** The page of a LIFF app was closed: its access token ends. @param {string} accessToken */
export function closeLiff(accessToken) {
  return request("POST", "/phone/api/liff/close", { access_token: accessToken });
}

/** @param {string} id @returns {Promise<Object>} LINE's coupon object */
export function getCoupon(id) {
  return request("GET", `/phone/api/coupons/${encodeURIComponent(id)}`);
}

/**
 * One message of a talk.
 * @param {{person: string, account: string}} talk
 * @param {string} id
 */
export function getMessage(talk, id) {
  return request("GET", talkPath(talk, `messages/${encodeURIComponent(id)}`));
}

/** @returns {Promise<{now: number, ahead_seconds: number}>} */
export function getClock() {
  return request("GET", "/control/clock");
}

/**
 * A request to the control API.
 * @param {"GET"|"POST"|"PATCH"|"DELETE"} method
 * @param {string} path below /control/
 * @param {Object} [body]
 */
export function control(method, path, body) {
  return request(method, `/control/${path}`, body);
}

/** @param {{name: string, language: string}} person */
export function createPerson(person) {
  return request("POST", "/phone/api/people", person);
}

/**
 * @param {string} key
 * @param {{name?: string, language?: string, picture?: string|null, status_message?: string|null}} changes
 */
export function changePerson(key, changes) {
  return request("PATCH", `/phone/api/people/${encodeURIComponent(key)}`, changes);
}

/**
 * Keep a picture for a profile.
 * @param {import("./photos.js").Photo} photo
 * @returns {Promise<{url: string}>} where it is found
 */
export function keepPicture(photo) {
  return request("POST", "/phone/api/pictures", photo);
}

/**
 * Messages of a talk with after < n < before: the newest `limit` of them where `before` is given, else the oldest.
 * @param {{person: string, account: string}} talk
 * @param {{after?: number, before?: number, limit?: number}} range
 * @returns {Promise<{messages: Object[], status: string, unread: number, last: number}>}
 */
export function getMessages(talk, range) {
  return request("GET", `${talkPath(talk, "messages")}?${new URLSearchParams(range)}`);
}

/**
 * Let the person do something in a talk.
 * @param {{person: string, account: string}} talk
 * @param {"add"|"block"|"unblock"|"text"|"postback"|"sticker"|"location"|"image"|"video"|"audio"|"file"|"unsend"|"read"|
 *   "event"|
 *   "richmenu_switch"|"richmenu_tapped"|"coupon"|"seen"|"tapped"|"video_complete"} verb
 * @param {Object} [body]
 */
export function act(talk, verb, body = {}) {
  return request("POST", talkPath(talk, verb), body);
}

/** The address of the live event stream for one person. @param {string} person */
export function eventsPath(person) {
  return `/phone/api/events?person=${encodeURIComponent(person)}`;
}

const RECENT = 200;

// The logs can be long; their newest number comes with every answer, so the first question only asks for that.
async function recent(path) {
  const { last } = await request("GET", `${path}?since=${Number.MAX_SAFE_INTEGER}`);
  const { items } = await request("GET", `${path}?since=${Math.max(0, last - RECENT)}`);
  return items;
}

/** The newest API requests to the sandbox. @returns {Promise<Object[]>} */
export function getCalls() {
  return recent("/control/calls");
}

/** The newest tries to deliver webhooks. @returns {Promise<Object[]>} */
export function getDeliveries() {
  return recent("/control/deliveries");
}

/**
 * Deliver webhook events once more: as LINE's redelivery does, or as a plain duplicate.
 * @param {string[]} eventIds
 * @param {boolean} duplicate
 */
export function redeliver(eventIds, duplicate) {
  return request("POST", "/control/deliveries/redeliver", { event_ids: eventIds, duplicate });
}
