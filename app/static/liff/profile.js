// /liff/profile: a member's own data, consents and language, and the end of the link.

import { ask } from "./api.js";
import { emailCodeView } from "./code.js";
import { el } from "./dom.js";
import { addressOf } from "./frame.js";
import { consentField, consentText, form, showProblems, valuesOf } from "./forms.js";
import { keep, me, refresh, start, switchTo } from "./me.js";
import { memberCard, suspendedNote } from "./member_card.js";
import { memberFields, problemsOf } from "./member_form.js";
import { askButton, closeButton, orNote } from "./problems.js";
import { announce, back, backButton, button, calm, finish, go, notice, once, pointList, show } from "./views.js";
import { language, t } from "./words.js";

const SHOWN = ["name", "kana", "birthday", "gender", "store", "email", "phone"];
const EDITED = [...SHOWN, "postal_code", "prefecture", "city", "street"];

start(() => show(me.linked ? profile : nobody));

function nobody() {
  return calm("link", t("profile.none_title"), t("profile.none_text"), el("div", { class: "stack" },
    el("a", { class: "button", href: addressOf("/liff/link"), text: t("profile.none_button") }), closeButton()));
}

function profile() {
  return [
    el("h1", { class: "visually-hidden", text: t("profile.title") }),
    me.member.suspended && suspendedNote(),
    memberCard(me),
    data(),
    me.consents.length > 0 && consents(),
    languages(),
    unlinking(),
  ];
}

function card(title, ...nodes) {
  return el("section", { class: "card stack" }, el("h2", { text: title }), ...nodes);
}

function data() {
  const rows = SHOWN.map((name) => [t(`form.${name}`), shown(name)]);
  const { postal_code: code, prefecture, city, street } = me.member;
  const place = [code && `〒${code.slice(0, 3)}-${code.slice(3)}`, [prefecture, city, street].filter(Boolean).join("")];
  rows.push([t("form.address"), place.filter(Boolean).join(" ")]);
  const facts = rows.map(([label, value]) => el("div", {}, el("dt", { text: label }),
    el("dd", value ? { text: value } : { class: "empty", text: t("profile.empty") })));
  return card(t("profile.data"), el("dl", { class: "facts" }, ...facts),
    button(t("profile.edit"), () => go(edit()), { kind: "quiet" }));
}

function shown(name) {
  const value = me.member[name];
  if (!value) return "";
  if (name === "gender") return t(`form.gender_${value}`);
  if (name === "store") return me.stores.find(({ code }) => code === value)?.name || value;
  if (name === "birthday") {
    const wanted = { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" };
    return new Intl.DateTimeFormat(language, wanted).format(new Date(value));
  }
  return value;
}

function edit() {
  let draft = me.member;
  return () => {
    const node = form(memberFields(draft, me.stores), t("profile.save"), save, {
      bad_member: (problem, filled) => showProblems(filled, problemsOf(problem)),
    });
    node.addEventListener("input", () => { draft = valuesOf(node); });
    return [backButton(), el("h1", { text: t("profile.edit_title") }), node];
  };
}

async function save(node) {
  const written = valuesOf(node);
  const changed = EDITED.filter((name) => name in written && written[name] !== (me.member[name] || ""));
  if (!changed.length) {
    back();
    return;
  }
  const answer = await ask("PUT", "/profile", Object.fromEntries(changed.map((name) => [name, written[name]])), { live: true });
  keep(answer);
  const over = () => back(t("profile.saved"));
  const done = async () => {
    await refresh().catch(() => undefined);
    back(t("profile.email_saved"));
  };
  if (answer.confirm_email) show(emailCodeView(answer.confirm_email, written.email, { done, over, later: t("common.back") }));
  else over();
}

function consents() {
  return card(t("profile.consents"), el("div", {}, ...me.consents.map((one) => (one.required ? agreed(one) : choosable(one)))));
}

function agreed({ title, text, given }) {
  const state = given ? "profile.consent_given" : "profile.consent_not_given";
  return el("div", { class: "consent consent-said" },
    el("p", {}, `${title} `, el("span", { class: given ? "mark" : "mark mark-optional", text: t(state) })),
    consentText(text));
}

function choosable(one) {
  const node = consentField(one, { checked: Boolean(one.given), role: "switch" });
  const row = node.firstChild;
  const box = node.querySelector("input");
  box.addEventListener("change", () => {
    const wanted = box.checked;
    // Until the server has said yes, nothing is changed.
    box.checked = Boolean(one.given);
    once(box, () => orNote(row, async () => {
      await ask("PUT", "/consents", { [one.purpose]: wanted });
      one.given = wanted;
      box.checked = wanted;
      announce(t("profile.consent_saved"));
    }));
  });
  return node;
}

function languages() {
  const choice = (key, name) => {
    const box = el("input", { type: "radio", name: "language", id: `language-${key}`, checked: language === key });
    const label = el("label", { class: "option", lang: key }, box, el("span", { text: name }));
    box.addEventListener("change", () => orNote(label.parentNode, async () => {
      await switchTo(key);
      announce(t("profile.language_saved"));
    }));
    return label;
  };
  return card(t("profile.language"), el("p", { class: "small", text: t("profile.language_text") }),
    el("div", { class: "options", role: "radiogroup", "aria-label": t("profile.language") }, choice("ja", "日本語"), choice("en", "English")));
}

function unlinking() {
  const dialog = unlinkDialog();
  return card(t("profile.unlink"), el("p", { class: "small", text: t("profile.unlink_text") }),
    button(t("profile.unlink_button"), () => dialog.showModal(), { kind: "text" }), dialog);
}

function unlinkDialog() {
  const title = el("h2", { id: "unlink-title", text: t("profile.unlink_ask") });
  const yes = askButton(t("profile.unlink_yes"), unlink, { kind: "bad" });
  const no = button(t("profile.unlink_no"), () => dialog.close(), { kind: "quiet" });
  const dialog = el("dialog", { "aria-labelledby": "unlink-title" }, el("div", { class: "stack" }, title,
    pointList([["check", t("profile.unlink_points")], ["note", t("profile.unlink_line")], ["link", t("profile.unlink_back")]]), no, yes));
  return dialog;
}

async function unlink() {
  const { line_told: told } = await ask("POST", "/unlink", {}, { live: true });
  finish(() => calm("check", t("profile.unlinked"), t("profile.unlinked_text"),
    !told && notice(t("profile.unlinked_not_told")),
    el("div", { class: "stack" },
      el("a", { class: "button-quiet", href: addressOf("/liff/link"), text: t("profile.unlinked_again") }), closeButton())));
}
