// Events that no gesture on the phone causes: beacons, memberships, groups, and what LINE itself decides.

import { act } from "./api.js";
import { el } from "./dom.js";
import { form, labelled, panel } from "./forms.js";
import { state } from "./state.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

// Ids of nobody's group and beacon, to begin with.
const SOME_GROUP = `C${"0123456789abcdef".repeat(2)}`;
const SOME_BEACON = "0123456789";

const PLACE = { name: "place", label: t("events.place"), required: true, pattern: "[CR][0-9a-f]{32}", value: SOME_GROUP };

/**
 * The fields of each event, and what they become: `content` as LINE's own field of the event has it.
 * @type {Object<string, {fields?: import("./forms.js").Field[], content?: function(Object, {userId: string}): Object}>}
 */
const EVENTS = {
  beacon: {
    fields: [choice("type", ["enter", "banner", "stay"]), { name: "hwid", label: t("events.hwid"), required: true, pattern: "[0-9a-f]{10}", value: SOME_BEACON },
      { name: "dm", label: t("events.dm"), pattern: "[0-9a-f]{2,26}" }],
  },
  membership: {
    fields: [choice("type", ["joined", "left", "renewed"]), { name: "membershipId", label: t("events.membership"), type: "number", required: true, value: "1" }],
  },
  join: { fields: [PLACE] },
  leave: { fields: [PLACE] },
  memberJoined: { fields: [PLACE], content: (_, { userId }) => ({ members: [{ type: "user", userId }] }) },
  memberLeft: { fields: [PLACE], content: (_, { userId }) => ({ members: [{ type: "user", userId }] }) },
  messageEdited: {
    fields: [PLACE, { name: "id", label: t("events.message_id"), required: true, pattern: "[0-9]+" }, { name: "text", label: t("events.text"), required: true }],
    content: ({ id, text }) => ({ type: "text", id, text }),
  },
  delivery: { fields: [{ name: "data", label: t("events.tag"), required: true, minlength: "16", maxlength: "100" }] },
  module: {
    fields: [choice("type", ["attached", "detached"]), { name: "botId", label: t("events.bot"), required: true, pattern: "U[0-9a-f]{32}" }],
  },
  activated: { fields: [{ name: "expireAt", label: t("events.expires"), type: "number", required: true }] },
  deactivated: {},
  botSuspended: {},
  botResumed: {},
};

function choice(name, values) {
  return { name, label: t("events.type"), options: values.map((value) => [value, t(`event.${value}`)]) };
}

/**
 * @param {{accounts: Object[], people: Object[]}} world as in GET /control/state
 * @returns {HTMLElement|null} nothing where there is nobody to whom anything could happen
 */
export function eventPanel(world) {
  if (!world.accounts.length || !world.people.length) return null;
  const kind = labelled({ name: "event", label: t("events.kind"), options: Object.keys(EVENTS).map((name) => [name, `${t(`event.${name}`)} · ${name}`]) });
  const select = kind.querySelector("select");
  const node = el("div", { class: "tool-editor" });
  const draw = () => node.replaceChildren(kind, fieldForm(world, select.value));
  select.addEventListener("change", () => {
    draw();
    select.focus();
  });
  draw();
  return panel("bolt", t("events.title"), el("p", { class: "column-hint", text: t("events.hint") }), node);
}

function fieldForm(world, type) {
  const talk = [
    { name: "person", label: t("events.person"), options: world.people.map(({ key, name }) => [key, name]), value: state.person },
    { name: "account", label: t("events.account"), options: world.accounts.map(({ slug, name }) => [slug, name]), value: state.account },
  ];
  return form([...talk, ...(EVENTS[type].fields || [])], t("events.fire"), async (values) => {
    const done = await act(values, "event", asEvent(world, type, values));
    toast(t("events.fired"));
    return done;
  });
}

function asEvent(world, type, { person, account, place, ...own }) {
  const userId = world.people.find(({ key }) => key === person).user_ids[account];
  const content = (EVENTS[type].content || ((values) => values))(own, { userId });
  return place ? { type, content, place: placeOf(place) } : { type, content };
}

// LINE's ids begin with C for a group and R for a room.
function placeOf(id) {
  return id.startsWith("R") ? { type: "room", roomId: id } : { type: "group", groupId: id };
}
