// One coupon: what it is good for, and its code for the counter.

import { ask } from "./api.js";
import { stayAwake } from "./awake.js";
import { picture, storesOf, untilOf } from "./coupon_words.js";
import { el, icon, svgNode } from "./dom.js";
import { ShownCode } from "./shown_code.js";
import { announce, backButton, button, go, show } from "./views.js";
import { dayOf, said, t } from "./words.js";

/**
 * @param {Object} coupon as GET /liff/api/coupons has it
 * @param {function(): Promise<void>} done leads back to the wallet after the coupon was used
 * @returns {function(): Node[]}
 */
export function couponView(coupon, done) {
  return () => [
    backButton(),
    el("section", { class: "card stack coupon" },
      picture(coupon, "coupon-picture"),
      el("h1", { text: said(coupon.title) }),
      el("p", { class: "lead", text: said(coupon.text) }),
      facts(coupon),
      coupon.state === "usable" && button(t("coupons.show"), () => go(showView(coupon, done)))),
  ];
}

function facts(coupon) {
  const from = coupon.from && coupon.state !== "soon" ? `${t("coupons.from", { day: dayOf(coupon.from) })} ` : "";
  const rows = [[t("coupons.time"), from + untilOf(coupon)], [t("coupons.stores"), storesOf(coupon)],
    [t("coupons.with"), t(coupon.combinable ? "coupons.with_yes" : "coupons.with_no")]];
  return el("dl", { class: "facts" },
    ...rows.map(([label, text]) => el("div", {}, el("dt", { text: label }), el("dd", { text }))));
}

function showView(coupon, done) {
  return () => {
    const place = el("div", { class: "paper" });
    const node = el("section", { class: "card stack calm" },
      el("h1", { text: said(coupon.title) }), el("p", { class: "lead", text: t("coupons.show_text") }), place);
    stayAwake();
    keepCode(coupon.id, place, done);
    return [backButton(), node];
  };
}

/** Codes of the coupon for as long as the place is on the screen. */
function keepCode(id, place, done) {
  const path = `/coupons/${id}`;
  let seen = false;
  // The view is put on the screen after it was made.
  const needed = () => { seen ||= place.isConnected; return place.isConnected || !seen; };
  const renew = () => ask("POST", `${path}/code`, {});
  const look = async () => { const { state } = await ask("GET", path); return state === "used" ? { state } : null; };
  const used = () => { announce(t("coupons.done")); show(usedView(done)); };
  const codes = new ShownCode({ renew, look, needed }, (code) => {
    if (code.phase === "shown") place.replaceChildren(...paper(code));
    if (code.phase === "lost") place.replaceChildren(icon("cloud"), el("p", { text: t("coupons.lost") }), el("p", { text: t("coupons.lost_text") }));
    if (code.phase === "used") { codes.stop(); used(); }
  }, ({ code }) => (code === "coupon_used" ? used() : done()));
}

/** Black on white in dark mode, too: cameras need it. */
function paper({ qr, left }) {
  const drawn = svgNode("svg", { viewBox: `0 0 ${qr.size} ${qr.size}`, role: "img", "aria-label": t("coupons.qr"), class: "paper-code" });
  drawn.append(svgNode("path", { d: qr.path }));
  return [drawn, el("p", { class: "number", "aria-hidden": "true", text: t("coupons.left", { seconds: left }) })];
}

function usedView(done) {
  return () => [el("section", { class: "card calm" },
    el("div", { class: "calm-icon" }, icon("check")),
    el("h1", { text: t("coupons.done") }), el("p", { class: "lead", text: t("coupons.done_text") }),
    button(t("coupons.to_all"), done))];
}
