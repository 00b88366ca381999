// Coupon messages: the coupon as its maker described it, and a button to take it.

import { act, getCoupon } from "./api.js";
import { el, imageUrl, withStandIn } from "./dom.js";
import { icon } from "./icons.js";
import { currentTalk } from "./state.js";
import { moment, shortMoment } from "./time.js";
import { orToast } from "./toast.js";
import { t } from "./words.js";

/**
 * The card fills when the sandbox tells what the coupon is; until then, and without an answer, it shows the id.
 * @param {{couponId: string}} message
 * @returns {HTMLElement}
 */
export function coupon(message) {
  const node = el("div", { class: "card card-coupon" }, plain(message.couponId || ""));
  getCoupon(message.couponId || "-").then((found) => node.replaceChildren(...draw(found)), () => undefined);
  return node;
}

function plain(id) {
  return el("div", { class: "coupon-plain" }, icon("ticket", 32), el("span", {}, el("b", { text: t("kind.coupon") }), el("small", { text: id })));
}

function draw(found) {
  const picture = imageUrl(found.imageUrl);
  const take = el("button", { class: "card-action", type: "button", text: t("coupon.take") });
  const close = (result) => {
    take.disabled = true;
    take.textContent = t(`coupon.${result}`);
  };
  if (found.status === "CLOSED") close("closed");
  take.addEventListener("click", async () => {
    const told = await orToast(act(currentTalk(), "coupon", { couponId: found.couponId }));
    if (told) close(told.result);
  });
  return [
    picture ? withStandIn(el("img", { class: "card-picture coupon-picture", src: picture, alt: "" })) : null,
    el("div", { class: "card-text" }, el("small", { class: "coupon-tag", text: t("kind.coupon") }), el("b", { text: found.title || "" }),
      found.description ? el("p", { text: found.description }) : null,
      found.endTimestamp ? el("small", { text: t("coupon.until", { day: shortMoment(untilOf(found)) }) }) : null),
    el("div", { class: "card-actions" }, take),
  ].filter(Boolean);
}

// LINE gives the times of a coupon in seconds.
function untilOf(found) {
  return moment(Number(found.endTimestamp) * 1000);
}
