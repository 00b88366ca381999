// Writes an exchange down as a pytest story, in the words of tests/support/phone.py.

const WIDEST = 100;

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
    ...(index ? [""] : []), `    ${name}.${deed(step.event, steps.slice(0, index), name)}`, ...expectation(name, step.said),
  ]);
  const place = cast.account === "main" ? "" : `, ${python(cast.account)}`;
  return [
    '"""An exchange written down by the sandbox."""', "",
    "from collections.abc import Callable", "",
    "from tests.support.phone import Phone", "",
    "Phones = Callable[..., Phone]", "", "",
    `def test_${name}_and_${nameOf(cast.account)}(phone: Phones) -> None:`,
    `    ${name} = phone(${python(cast.person)}${place})`,
    ...lines, "",
  ].join("\n");
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

const DEEDS = {
  follow: (event) => (event.follow?.isUnblocked ? "unblocks()" : "adds()"),
  unfollow: () => "blocks()",
  unsend: (_, __, name) => `unsends([line["id"] for line in ${name}.lines if line["from"] == "person"][-1])`,
  message: ({ message }, before) => {
    if (message.type === "sticker") return "sends_sticker()";
    if (message.type !== "text") return `types(${python(`[${message.type}]`)})  # the story's phone only writes`;
    return tap(before.slice(-1), (action) => action.text === message.text) || `types(${python(message.text)})`;
  },
  postback: ({ postback }, before) => tap(before, (action) => action.data === postback.data) || `taps(${python(postback.data)})`,
};

function deed(event, before, name) {
  return Object.hasOwn(DEEDS, event.type) ? DEEDS[event.type](event, before, name) : `lines  # ${event.type}`;
}

// The person has pressed a button if one of those on the screen does what they did.
function tap(steps, fits) {
  const actions = steps.flatMap(({ said }) => said).flatMap(actionsOf).filter((action) => action.label && fits(action));
  return actions.length ? `taps(${python(actions.at(-1).label)})` : "";
}

function actionsOf(part) {
  if (!part || typeof part !== "object") return [];
  const own = ["message", "postback"].includes(part.type) ? [part] : [];
  return [...own, ...Object.values(part).flatMap(actionsOf)];
}

function expectation(name, said) {
  if (!said.length) return [];
  const words = said.map((message) => python(wordsOf(message)));
  const head = `    assert ${name}.screen[-${words.length}:] == [`;
  const line = `${head}${words.join(", ")}]`;
  return line.length <= WIDEST ? [line] : [head, ...words.map((word) => `        ${word},`), "    ]"];
}

function wordsOf(message) {
  if (message.type === "text") return message.text;
  return ["flex", "template"].includes(message.type) ? message.altText : `[${message.type}]`;
}

// JSON's strings are Python's too.
function python(text) {
  return JSON.stringify(text);
}

function nameOf(key) {
  return key.replace(/\W/g, "_").replace(/^(\d)/, "_$1");
}
