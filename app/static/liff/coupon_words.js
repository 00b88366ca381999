// How a coupon reads: its days, its stores, its picture.

import { el } from "./dom.js";
import { dayOf, language, said, t } from "./words.js";

/** Until when a coupon is good, or from when. */
export function untilOf({ state, from, until }) {
  if (state === "soon") return t("coupons.from", { day: dayOf(from) });
  return until ? t("coupons.until", { day: dayOf(until) }) : t("coupons.no_end");
}

/** The stores that take a coupon. */
export function storesOf({ stores }) {
  if (!stores.length) return t("coupons.all_stores");
  return stores.map(said).join(language === "en" ? ", " : "・");
}

/** The picture of a coupon, which says nothing that its words do not say; none where it cannot be had. */
export function picture({ picture: src }, look = "ticket-picture") {
  if (!src) return null;
  const image = el("img", { class: look, src, alt: "", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.remove());
  return image;
}
