// The card of a linked member: picture, name, number and tier.

import { el, icon } from "./dom.js";
import { notice } from "./views.js";
import { t } from "./words.js";

/** @param {Object} me as GET /liff/api/me says, with a member */
export function memberCard({ person, member }) {
  return el("section", { class: "member" },
    el("div", { class: "member-who" },
      face(person),
      el("div", {}, el("p", { class: "member-name", text: t("common.person", { name: member.name }) }))),
    el("dl", {},
      fact(t("member.number"), grouped(member.number)),
      member.tier && fact(t("member.tier"), member.tier)),
    el("p", { class: "badge" }, icon("check"), t("member.linked")));
}

function fact(label, value) {
  return el("div", {}, el("dt", { text: label }), el("dd", { class: "number", text: value }));
}

function face({ name, picture }) {
  const letter = el("span", { class: "face", "aria-hidden": "true", text: name.slice(0, 1) });
  if (!picture) return letter;
  const image = el("img", { class: "face", src: picture, alt: "", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(letter));
  return image;
}

/** A note that the shop has suspended the membership. */
export function suspendedNote() {
  return notice(`${t("member.suspended")} — ${t("member.suspended_text")}`, { bad: true });
}

/**
 * A number of sixteen digits in four groups, as on a card.
 * @param {string} number
 */
export function grouped(number) {
  return /^\d{16}$/.test(number) ? number.replace(/(\d{4})(?=\d)/g, "$1 ") : number;
}
