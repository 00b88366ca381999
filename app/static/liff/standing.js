// Points on the member card: the balance, what expires first, and the way to the next tier.

import { el } from "./dom.js";
import { language, t } from "./words.js";

/**
 * @param {{balance: number, tier: ?string, next_tier: ?string, to_next: ?number, keeping: boolean, basis: "points"|"spend", progress: number,
 *   expiring: {date: string, points: number}[]}} standing as GET /liff/api/card has it
 * @returns {HTMLElement}
 */
export function standingPart({ balance, next_tier: next, to_next: missing, keeping, basis, progress, expiring }) {
  const [first] = expiring;
  return el("div", { class: "pass-standing" },
    el("dl", { class: "pass-points" },
      el("div", {}, el("dt", { text: t("card.points") }),
        el("dd", { class: "pass-balance" }, grouped(balance), " ", el("small", { text: "pt" }))),
      first && el("div", { class: "pass-expiry" }, 
        el("dt", { text: t("card.expires", { points: grouped(first.points) }) }), el("dd", { text: day(first.date) }))),
    next ? wayTo(next, { missing, keeping, basis, progress }) : el("p", { class: "member-small", text: t("card.top") }));
}

function wayTo(tier, { missing, keeping, basis, progress }) {
  const [yen, pt] = keeping ? ["card.to_keep_yen", "card.to_keep"] : ["card.to_next_yen", "card.to_next"];
  const words = t(basis === "spend" ? yen : pt, { tier, points: grouped(missing) });
  return el("div", { class: "pass-next" },
    el("p", { class: "member-small", text: words }),
    el("progress", { class: "pass-progress", max: 100, value: progress, "aria-label": words }));
}

function grouped(number) {
  return new Intl.NumberFormat(language).format(number);
}

// A date without time is a day of the shop's calendar, the same everywhere.
function day(iso) {
  return new Intl.DateTimeFormat(language, { year: "numeric", month: language === "ja" ? "long" : "short", day: "numeric", timeZone: "UTC" }).format(new Date(iso));
}
