// The member before the counter, and what can be done for them: one tap each.

import { el, icon } from "./dom.js";
import { language } from "./told.js";
import { t } from "./words.js";

const whole = new Intl.NumberFormat(language());
// Days come as dates of the shop's calendar, which are midnights in UTC here.
const day = new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeZone: "UTC" });

/**
 * @param {Object} shown as app/staff/counter.py answers
 * @param {function(string, Object): Promise<void>} perform
 * @returns {HTMLElement}
 */
export function memberView(shown, perform) {
  return el("div", { class: "served" },
    who(shown),
    el("div", { class: "acts" },
      booked(shown),
      visit(shown, perform),
      amount("earn", "paid", perform),
      shown.points.balance > 0 && amount("redeem", "points", perform, shown.points.spendable),
      coupons(shown, perform),
      done(shown, perform)));
}

function who({ member, points, how, visits }) {
  const [soonest] = points.expiring;
  return el("section", { class: "member" },
    el("div", { class: "member-who" }, face(member),
      el("div", {}, el("h2", { class: "member-name", tabindex: "-1", text: t("counter.person", { name: member.name }) }),
        el("p", { class: "member-small", text: member.kana || "" })),
      member.tier && el("p", { class: "badge" }, icon("crown"), member.tier)),
    member.birthday_now && el("p", { class: "badge" }, icon("gift"), t("counter.birthday_now")),
    how === "look_up" && el("p", { class: "badge" }, icon("note"), t("counter.by_look_up")),
    el("dl", {},
      el("div", { class: "member-points" }, el("dt", { text: t("counter.points") }),
        el("dd", { class: "pass-balance" }, whole.format(points.balance), el("small", { text: " pt" }))),
      fact("counter.visits", t("counter.times", { count: whole.format(visits) })),
      member.birthday_month && fact("counter.birthday", t("counter.month", { month: member.birthday_month })),
      soonest && fact("counter.expiring", t("counter.expires", {
        points: whole.format(soonest.points), date: day.format(new Date(soonest.date)) }))));
}

function fact(key, words) {
  return el("div", {}, el("dt", { text: t(key) }), el("dd", { class: "number", text: words }));
}

function face({ name, picture }) {
  const letter = el("span", { class: "face", "aria-hidden": "true", text: name.slice(0, 1) });
  if (!picture) return letter;
  const image = el("img", { class: "face", src: picture, alt: "", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(letter));
  return image;
}

function booked({ reservations }) {
  if (!reservations.length) return null;
  const rows = reservations.map(({ code, state, time, service, with: whom, party }) => el("li", { class: "coupon-row" },
    el("a", { class: "booked", href: `/staff/reservations/${code}` }, el("strong", { class: "number", text: time }), ` ${service}`,
      el("small", { text: t("counter.booked_with", { whom: whom.join(t("counter.comma")), party }) })),
    el("span", { class: state === "confirmed" ? "mark" : "mark mark-optional", text: t(`counter.booked_${state}`) })));
  return el("section", { class: "card stack acts-wide" }, el("h3", { text: t("counter.booked") }), el("ul", {}, ...rows));
}

function visit({ visited }, perform) {
  if (visited) return el("p", { class: "notice acts-first" }, icon("check"), t("counter.visited"));
  return el("button", { class: "button acts-first", type: "button", on: { click: () => perform("/visit", {}) } },
    icon("check"), t("counter.check_in"));
}

// `name` is also the field of the body: yen that were paid, or points to spend.
function amount(kind, name, perform, most) {
  const field = el("input", { class: "input number", id: kind, inputmode: "numeric", autocomplete: "off", maxlength: "11", "aria-describedby": `${kind}-error` });
  const error = el("p", { class: "error", id: `${kind}-error`, role: "alert", hidden: true });
  const form = el("form", { class: "card", novalidate: true },
    el("div", { class: "field" }, el("label", { for: kind }, t(`counter.${kind}`),
      kind === "earn" && el("span", { class: "hint", text: t("counter.earn_hint") }),
      most !== undefined && el("span", { class: "hint", text: t("counter.most", { points: whole.format(most) }) })),
      el("div", { class: "beside" }, field, el("button", { class: "button", type: "submit", text: t(`counter.${kind}_button`) })), error));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const digits = field.value.normalize("NFKC").replace(/[,，\s円]/g, "");
    const right = /^[1-9]\d{0,8}$/.test(digits);
    error.hidden = right;
    error.textContent = right ? "" : t(`counter.${kind}_wrong`);
    field.setAttribute("aria-invalid", String(!right));
    if (right) perform(`/${kind}`, { [name]: Number(digits) });
    else field.focus();
  });
  return form;
}

function coupons({ coupons: usable }, perform) {
  if (!usable.length) return null;
  const rows = usable.map(({ grant, title, until }) => el("li", { class: "coupon-row" },
    el("div", {}, el("strong", { text: title }), until && el("small", { text: t("counter.until", { date: day.format(new Date(until)) }) })),
    el("button", { class: "button-quiet", type: "button", text: t("counter.use"), "aria-label": t("counter.use_named", { title }),
      on: { click: () => perform("/coupon", { grant }) } })));
  return el("section", { class: "card stack" }, el("h3", { text: t("counter.coupons") }), el("ul", {}, ...rows));
}

function done({ acts }, perform) {
  if (!acts.length) return null;
  const rows = acts.map((one) => el("li", { class: one.undone ? "act act-undone" : "act" },
    t(`counter.act_${one.kind}`, { points: whole.format(Math.abs(one.points ?? 0)), title: one.title ?? "" }),
    one.undone && el("span", { class: "visually-hidden", text: ` ${t("counter.act_undone")}` })));
  const last = acts.find((one) => !one.undone);
  return el("section", { class: "card stack" }, el("h3", { text: t("counter.acts") }), el("ul", {}, ...rows),
    last && el("button", { class: "button-text", type: "button", text: t("counter.undo"), on: { click: () => perform("/undo", {}) } }));
}
