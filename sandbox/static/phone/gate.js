// What stands in the composer's place while the two are not friends, or one has blocked the other.

import { send } from "./actions.js";
import { avatar } from "./avatar.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { currentAccount, friendStatus } from "./state.js";
import { t } from "./words.js";

const GATES = {
  none: { icon: "add", label: "talk.add", hint: "talk.add_hint", verb: "add" },
  blocked: { icon: "block", label: "talk.unblock", hint: "talk.blocked_hint", verb: "unblock" },
};

/**
 * @returns {HTMLElement|null} null between friends
 */
export function drawGate() {
  const status = friendStatus();
  if (!Object.hasOwn(GATES, status)) return null;
  const gate = GATES[status];
  const account = currentAccount();
  const button = el("button", {
    class: "button-primary button-large", type: "button", on: { click: () => send(gate.verb, {}) },
  }, icon(gate.icon), t(gate.label));
  return el("div", { class: `gate gate-${status}` },
    avatar(account, "large"), el("b", { class: "gate-name", text: account.name }),
    el("p", { class: "gate-hint", text: t(gate.hint) }), button);
}
