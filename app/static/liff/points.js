// /liff/points: how many points there are, what ends when, and what happened.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { addressOf } from "./frame.js";
import { me, start } from "./me.js";
import { askButton, closeButton, orPage } from "./problems.js";
import { announce, calm, draw, show } from "./views.js";
import { language, t } from "./words.js";

const FILTERS = ["all", "earned", "spent", "ended", "corrected"];

let standing = null;
let rows = [];
let older = null;
let kind = "all";

start(() => (me.linked ? orPage(open) : show(nobody)));

async function open() {
  standing = await ask("GET", "/points");
  ({ rows, older } = standing);
  show(page);
}

function nobody() {
  return calm("link", t("points.none_title"), t("points.none_text"), el("div", { class: "stack" },
    el("a", { class: "button", href: addressOf("/liff/link"), text: t("points.none_button") }), closeButton()));
}

function page() {
  return [
    el("h1", { class: "visually-hidden", text: t("points.title") }),
    balance(),
    standing.expiring.length > 0 && ending(),
    past(),
  ];
}

function balance() {
  const { tier, next_tier: following, to_next: missing, keeping, progress, basis } = standing;
  const [yen, pt] = keeping ? ["points.to_keep_yen", "points.to_keep"] : ["points.to_next_yen", "points.to_next"];
  const way = following && t(basis === "spend" ? yen : pt,
    { tier: following, missing: number(missing) });
  return el("section", { class: "member" },
    el("div", {},
      el("p", { class: "member-small", text: t("points.balance") }),
      el("p", { class: "amount" }, el("strong", { text: number(standing.balance) }), ` ${t("points.unit")}`)),
    tier && el("p", { class: "badge", text: tier }),
    way && el("div", { class: "way" }, el("p", { class: "member-small", text: way }),
      el("progress", { max: 100, value: progress, "aria-label": way })));
}

function ending() {
  const lines = standing.expiring.map((each) => el("div", {},
    el("dt", { text: t("points.until", { day: day(each.day) }) }), el("dd", { text: points(each.points) })));
  return el("section", { class: "card stack" }, el("h2", { text: t("points.ending") }),
    el("dl", { class: "facts sums" }, ...lines));
}

function past() {
  return el("section", { class: "card stack" }, el("h2", { text: t("points.history") }),
    el("div", { class: "filters", role: "group", "aria-label": t("points.filter") }, ...FILTERS.map(filter)),
    rows.length > 0
      ? el("ol", { class: "happened" }, ...rows.map(happened))
      : el("p", { class: "lead", text: t("points.nothing") }),
    older && askButton(t("points.more"), more, { kind: "quiet" }));
}

function filter(name) {
  const node = askButton(t(`points.filter_${name}`), () => look(name), { kind: "quiet" });
  node.id = `filter-${name}`;
  node.className = "filter";
  node.ariaPressed = String(name === kind);
  return node;
}

async function look(name) {
  const found = await ask("GET", "/points/history", undefined, { query: { kind: name } });
  ({ rows, older } = found);
  kind = name;
  draw({ stay: true });
  announce(rows.length ? t("points.shown", { count: rows.length }) : t("points.nothing"));
}

async function more() {
  const first = rows.length;
  const found = await ask("GET", "/points/history", undefined, { query: { kind, older } });
  rows = [...rows, ...found.rows];
  older = found.older;
  draw({ stay: true });
  announce(t("points.shown", { count: rows.length }));
  const next = document.querySelectorAll(".happened li")[first];
  next.tabIndex = -1;
  next.focus();
}

function happened(row) {
  const store = me.stores.find(({ code }) => code === row.store)?.name;
  const about = [day(row.day), store, row.paid > 0 && t("points.paid", { yen: number(row.paid) }),
    row.undone && t("points.undone")];
  return el("li", {},
    el("div", {}, el("strong", { text: t(`points.kind_${row.kind}`) }),
      el("small", { text: about.filter(Boolean).join(t("points.between")) })),
    el("p", { class: row.points < 0 ? "number less" : "number" },
      `${row.points > 0 ? "+" : ""}${number(row.points)}`, el("span", { class: "visually-hidden", text: ` ${t("points.unit")}` })));
}

function number(value) {
  return new Intl.NumberFormat(language).format(value);
}

function points(value) {
  return `${number(value)} ${t("points.unit")}`;
}

function day(written) {
  const wanted = { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language, wanted).format(new Date(written));
}
