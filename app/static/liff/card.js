// /liff/card: the member card, with a code that the counter scans.

import { ask } from "./api.js";
import { stayAwake } from "./awake.js";
import { el, icon, svgNode } from "./dom.js";
import { addressOf } from "./frame.js";
import { grouped } from "./member_card.js";
import { me, refresh, start } from "./me.js";
import { closeButton, orPage } from "./problems.js";
import { ShownCode } from "./shown_code.js";
import { standingPart } from "./standing.js";
import { announce, button, calm, draw, show } from "./views.js";
import { language, t } from "./words.js";

const FOLLOW_MS = 3000;
const FOLLOW_TIMES = 40;

/** What GET /liff/api/card says. */
let card = null;
/** What keeps the codes coming, and what it says last. */
let codes = null;
let code = null;
/** The moment of the first code, in the server's time: uses are looked for since then. */
let since = 0;
/** What of the code is on the screen. */
let drawn = null;

start(open);

async function open() {
  if (!me.linked) {
    show(nobody);
    return;
  }
  card = await ask("GET", "/card");
  if (card.member.suspended) {
    show(suspended);
    return;
  }
  stayAwake();
  since = 0;
  codes = new ShownCode({ renew, look, needed: () => true }, changed, anew);
  show(page);
}

async function renew() {
  const answer = await ask("POST", "/card/code", {});
  since ||= answer.since;
  return answer;
}

async function look() {
  return (await ask("GET", "/card/used", undefined, { query: { since: String(since) } })).used;
}

function showAgain() {
  since = 0;
  codes.again();
}

/** No more codes: unlinked or suspended meanwhile, or no longer logged in. */
function anew() {
  [code, drawn] = [null, null];
  orPage(async () => {
    await refresh();
    await open();
  });
}

function nobody() {
  return calm("card", t("card.none"), t("card.none_text"), el("div", { class: "stack" },
    el("a", { class: "button", href: addressOf("/liff/link"), text: t("card.none_button") }), closeButton()));
}

function suspended() {
  return calm("note", t("member.suspended"), t("member.suspended_text"), el("div", { class: "stack" },
    el("a", { class: "button-quiet", href: addressOf("/liff/"), text: t("common.home") }), closeButton()));
}

function page() {
  const { name, number, tier } = card.member;
  const shownTier = card.standing?.tier || tier;
  const left = el("p", { class: "pass-left" });
  const bar = el("progress", { class: "pass-time", max: 15 });
  drawn = { phase: "", place: el("div", { class: "pass-code" }), left, bar };
  drawn.foot = el("div", { class: "pass-foot" }, el("p", { text: t("card.show") }), el("div", { "aria-hidden": "true" }, bar, left));
  if (code) redraw();
  return [
    el("h1", { class: "visually-hidden", text: t("card.title") }),
    el("section", { class: "member pass" },
      el("div", { class: "pass-who" },
        el("div", {}, el("p", { class: "member-small", text: t("card.name") }),
          el("p", { class: "member-name", text: t("common.person", { name }) })),
        shownTier && el("p", { class: "badge" }, icon("crown"), t("card.tier", { tier: shownTier }))),
      el("div", { class: "pass-paper" }, drawn.place, card.bars && barsPart(card.bars),
        el("p", { class: "pass-number number" }, el("span", { class: "visually-hidden", text: t("member.number") }), grouped(number)),
        drawn.foot),
      card.standing && standingPart(card.standing)),
    el("p", { class: "pass-hint small" }, icon("sun"), el("span", { text: t("card.bright") })),
  ];
}

function changed(now) {
  const before = code?.phase;
  code = { ...now };
  if (!drawn) return;
  redraw();
  if (code.phase === before) return;
  if (code.phase === "used") wasUsed();
  if (code.phase === "lost") announce(`${t("card.lost")} ${t("card.lost_text")}`);
}

/** Put the present code in the place of the one before: without a flash, only the path changes. */
function redraw() {
  if (drawn.phase !== code.phase) {
    drawn.phase = code.phase;
    drawn.place.replaceChildren(...{ shown: shownPart, waiting: waitingPart, lost: lostPart, used: usedPart }[code.phase]());
    drawn.foot.classList.toggle("pass-gone", code.phase !== "shown");
  }
  if (code.phase !== "shown") return;
  const { path, left, bar } = drawn;
  if (path.getAttribute("d") !== code.qr.path) path.setAttribute("d", code.qr.path);
  left.textContent = t("card.left", { seconds: code.left });
  bar.value = code.left;
}

function shownPart() {
  const { size, path: d } = code.qr;
  drawn.path = svgNode("path", { d });
  const picture = svgNode("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": t("card.qr"), class: "pass-qr" });
  picture.append(drawn.path);
  return [picture];
}

/** The number for tills that read bar codes: it stays the same, and is good for nothing but naming the member. */
function barsPart({ width, height, path: d }) {
  const picture = svgNode("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": t("card.bars"), class: "pass-bars" });
  picture.append(svgNode("path", { d }));
  return picture;
}

function waitingPart() {
  return [el("div", { class: "pass-instead" },
    el("span", { class: "spinner", "aria-hidden": "true" }), el("p", { text: t("card.renewing") }))];
}

function lostPart() {
  return [el("div", { class: "pass-instead" }, icon("cloud"),
    el("p", { class: "pass-said", text: t("card.lost") }), el("p", { text: t("card.lost_text") }))];
}

function usedPart() {
  const time = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" }).format(new Date(code.use.at));
  return [el("div", { class: "pass-instead pass-used" }, icon("check"),
    el("p", { class: "pass-said", text: t("card.used") }),
    el("p", { text: t("card.used_at", { time, store: code.use.store }) }),
    button(t("card.again"), showAgain, { kind: "text" }))];
}

function wasUsed() {
  announce(t("card.used"));
  navigator.vibrate?.(80);
  follow(FOLLOW_TIMES);
}

/** Points are given in the minutes after a scan: look what has become of them. */
function follow(times) {
  if (!times || code?.phase !== "used") return;
  setTimeout(async () => {
    const newer = document.hidden ? null : await ask("GET", "/card").catch(() => null);
    if (newer && JSON.stringify(newer) !== JSON.stringify(card)) {
      card = newer;
      draw({ stay: true });
    }
    follow(times - 1);
  }, FOLLOW_MS);
}
