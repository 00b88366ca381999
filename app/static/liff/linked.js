// The end of linking: it is done, and what is new.

import { el } from "./dom.js";
import { addressOf } from "./frame.js";
import { grouped } from "./member_card.js";
import { me } from "./me.js";
import { closeButton } from "./problems.js";
import { calm, notice, pointList } from "./views.js";
import { t } from "./words.js";

/**
 * @param {{already?: boolean, number?: string, unsaved?: boolean}} [options] `already`: linked before this visit;
 *   `number`: a new member's; `unsaved`: no code could be sent to their e-mail address
 * @returns {function(): Node[]}
 */
export function linkedView({ already = false, number, unsaved = false } = {}) {
  const ways = () => el("div", { class: "stack" },
    el("a", { class: "button", href: addressOf("/liff/profile"), text: t("link.to_profile") }), closeButton());
  if (already) return () => calm("check", t("link.already_title"), t("link.already_text"), ways());
  return () => {
    const shown = number || me.member?.number;
    return calm("check", t("link.done"), t("link.done_text"),
      shown && el("p", { class: "number" }, `${t("member.number")} `, el("strong", { text: grouped(shown) })),
      unsaved && notice(t("link.email_unsaved")),
      pointList([["card", t("link.done_menu")], ["person", t("link.done_profile")], ["lock", t("link.done_end")]]),
      ways());
  };
}
