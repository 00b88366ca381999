// Writes an exchange down as a pytest story, in the words of tests/support/phone.py.

import { call, Source, statement } from "./python.js";

// Long enough to tell people apart, short enough for the line that names the test.
const LONGEST_NAME = 20;
// Words of Python, the story's own, and letters that look like digits.
const TAKEN = new Set(("False None True and as assert async await break class continue def del elif else except finally for from global if import in " +
  "is lambda nonlocal not or pass raise return try while with yield phone l I O").split(" "));

/**
 * @typedef {{person: string, account: string, userId: string}} Cast
 * @typedef {{event: Object, said: Object[]}} Step what the person did, and what the account said then
 */

/**
 * @param {import("./records.js").Record[]} records
 * @param {Cast} cast
 * @returns {string} the text of a Python file
 */
export function storyOf(records, cast) {
  const name = nameOf(cast.person);
  const lines = stepsOf(records, cast).flatMap((step, index, steps) => [
    ...(index ? [""] : []), ...deed(step.event, steps.slice(0, index), name), ...expectation(name, step.said),
  ]);
  return [
    '"""An exchange written down by the sandbox."""', "",
    "from collections.abc import Callable", "",
    "from tests.support.phone import Phone", "",
    "Phones = Callable[..., Phone]", "", "",
    `def test_${name}_and_${nameOf(cast.account)}(phone: Phones) -> None:`,
    ...opening(cast, lines.some(isCode) ? `${name} = ` : ""), ...lines, "",
  ].join("\n");
}

function opening({ person, account }, lead) {
  return call(`${lead}phone`, ...[person, account === "main" ? [] : account].flat().map((value) => ({ value })));
}

function isCode(line) {
  return line.trim() !== "" && !line.trim().startsWith("#");
}

/**
 * Put what was sent under the deed it answers: a reply by its token, anything else by time.
 * @param {import("./records.js").Record[]} records
 * @param {Cast} cast
 * @returns {Step[]}
 */
export function stepsOf(records, cast) {
  const ours = records.filter((record) => record.account === cast.account);
  const steps = new Map();
  for (const event of ours.filter(({ kind }) => kind === "webhook").flatMap(({ request }) => request.events)) {
    if (event.source?.userId === cast.userId && !steps.has(event.webhookEventId)) steps.set(event.webhookEventId, { event, said: [] });
  }
  const inOrder = [...steps.values()].sort((one, other) => one.event.timestamp - other.event.timestamp);
  for (const call of ours.filter(isSent).sort((one, other) => one.at - other.at)) {
    stepOf(call, inOrder, cast)?.said.push(...call.request.messages);
  }
  return inOrder;
}

function isSent({ kind, status, request }) {
  return kind === "api" && status === 200 && Array.isArray(request?.messages);
}

function stepOf({ request, at }, steps, { userId }) {
  if (request.replyToken) return steps.find(({ event }) => event.replyToken === request.replyToken);
  return [request.to].flat().includes(userId) ? steps.findLast(({ event }) => event.timestamp <= at) : undefined;
}

/** @type {Object<string, function(Object, Step[], string): string[]>} the lines of each event */
const DEEDS = {
  follow: (event, _, name) => call(`${name}.${event.follow?.isUnblocked ? "unblocks" : "adds"}`),
  unfollow: (_, __, name) => call(`${name}.blocks`),
  unsend: (_, __, name) => call(`${name}.unsends`, { value: new Source(`${name}.said[-1]["id"]`) }),
  message: ({ message }, before, name) => (Object.hasOwn(MESSAGES, message.type) ? MESSAGES[message.type] : bytes)(message, before, name),
  postback: ({ postback }, before, name) => tap(before, (action) => action.data === postback.data, name) || sent(name, ...postbackOf(postback)),
  beacon: (event, _, name) => sent(name, "event", { type: "beacon", content: event.beacon }),
  membership: (event, _, name) => sent(name, "event", { type: "membership", content: event.membership }),
  videoPlayComplete: (event, _, name) => sent(name, "event", { type: "videoPlayComplete", content: event.videoPlayComplete }),
};

const MESSAGES = {
  text: ({ text, quotedMessageId }, before, name) => [
    ...(quotedMessageId ? comment("This quoted an earlier message.") : []),
    ...(tap(before.slice(-1), (action) => action.text === text, name) || call(`${name}.types`, { value: text })),
  ],
  sticker: ({ packageId, stickerId }, _, name) => sent(name, "sticker", { packageId, stickerId }),
  location: ({ title, address, latitude, longitude }, _, name) => sent(name, "location", { latitude, longitude, title, address }),
  image: (_, __, name) => sent(name, "image", {}),
};

function deed(event, before, name) {
  return Object.hasOwn(DEEDS, event.type) ? DEEDS[event.type](event, before, name) : comment(`${event.type}: a story has no words for it.`);
}

function bytes({ type }) {
  return comment(`Here a message of type ${type} was sent; its bytes are not in the traffic.`);
}

function comment(words) {
  return [`    # ${words}`];
}

// An action of the phone's API with its body.
function sent(name, action, body) {
  const known = Object.entries(body).filter(([, value]) => value !== undefined);
  return call(`${name}.does`, { value: action }, ...known.map(([key, value]) => ({ name: key, value })));
}

function postbackOf({ data, params }) {
  if (params?.newRichMenuAliasId) return ["richmenu_switch", { richMenuAliasId: params.newRichMenuAliasId, data }];
  return ["postback", { data, params }];
}

// The person has pressed a button if one of those on the screen does what they did.
function tap(steps, fits, name) {
  const actions = steps.flatMap(({ said }) => said).flatMap(actionsOf).filter((action) => action.label && fits(action));
  return actions.length ? call(`${name}.taps`, { value: actions.at(-1).label }) : null;
}

function actionsOf(part) {
  if (!part || typeof part !== "object") return [];
  const own = ["message", "postback"].includes(part.type) ? [part] : [];
  return [...own, ...Object.values(part).flatMap(actionsOf)];
}

function expectation(name, said) {
  return said.length ? statement(`assert ${name}.screen[-${said.length}:] == `, said.map(wordsOf)) : [];
}

function wordsOf(message) {
  if (message.type === "text") return message.text;
  return ["flex", "template"].includes(message.type) ? message.altText : `[${message.type}]`;
}

function nameOf(key) {
  const plain = key.replace(/\W+/g, "_");
  const name = (/^[a-z]/i.test(plain) ? plain : `p_${plain}`).slice(0, LONGEST_NAME);
  return TAKEN.has(name) ? `${name}_` : name;
}
