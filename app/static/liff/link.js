// /liff/link: link a membership with LINE, by a code or a password, or become a member.

import { ask } from "./api.js";
import { codeForm } from "./code.js";
import { el, icon } from "./dom.js";
import { addressOf } from "./frame.js";
import { checkRow, field, form, showProblems, valuesOf } from "./forms.js";
import { joinView } from "./join.js";
import { me, refresh, start } from "./me.js";
import { linkedView } from "./linked.js";
import { askButton, orNote } from "./problems.js";
import { back, backButton, button, calm, finish, go, once, pointList, say, show } from "./views.js";
import { t } from "./words.js";

// The trial under way: who somebody says they are, and the server's name for the trial.
let trial = { who: "", session: "", minutes: 0 };

start(() => (me.linked ? finish(linkedView({ already: true })) : show(choose)));

function choose() {
  return [
    el("h1", { text: t("link.choose") }),
    el("p", { class: "lead", text: t("link.choose_text") }),
    pointList([["card", t("link.why_card")], ["spark", t("link.why_points")], ["lock", t("link.why_end")]]),
    el("div", { class: "stack" },
      choice("card", t("link.member"), t("link.member_text"), () => go(who)),
      choice("person", t("link.new"), t("link.new_text"), () => go(joinView(linkedNow)))),
  ];
}

function choice(iconName, title, text, work) {
  const node = el("button", { class: "choice", type: "button" },
    el("span", { class: "tile-icon" }, icon(iconName)),
    el("span", {}, el("strong", { text: title }), el("small", { text })),
    icon("next"));
  node.addEventListener("click", () => once(node, () => orNote(node, work, known)));
  return node;
}

function who() {
  const box = field({
    name: "who", label: t("link.who"), hint: t("link.who_hint"), value: trial.who, required: true, missing: t("link.who_missing"),
    autocomplete: "email", autocapitalize: "none", spellcheck: "false", inputmode: "email", maxlength: 254,
  });
  return [
    backButton(),
    el("h1", { text: t("link.who_title") }),
    el("p", { class: "lead", text: t("link.who_text") }),
    form([box], t("link.send"), async (node) => {
      await sendCode(valuesOf(node).who);
      go(code);
    }, known),
  ];
}

async function sendCode(name) {
  trial = { ...trial, who: name };
  const { session, expires_in } = await ask("POST", "/link/start", { who: name });
  trial = { who: name, session, minutes: Math.floor(expires_in / 60) };
}

function code() {
  return [
    backButton(),
    el("h1", { text: t("link.code_title") }),
    el("p", { class: "lead", text: t("link.code_text", { minutes: trial.minutes }) }),
    codeForm(t("link.confirm"), (digits) => prove({ code: digits }), { ...known, wrong_proof: wrong("code", "link.wrong_code") }),
    el("details", { class: "card" }, el("summary", { text: t("link.no_mail") }),
      el("p", { class: "small", text: t("link.no_mail_text") }), askButton(t("link.code_resend"), resend, { kind: "text", known })),
    me.doors.password && button(t("link.use_password"), () => go(password), { kind: "text" }),
  ];
}

async function resend() {
  await sendCode(trial.who);
  say(t("link.code_resent"));
}

function password() {
  const box = field({
    name: "password", type: "password", label: t("link.password"), required: true, missing: t("link.password_missing"),
    autocomplete: "current-password", maxlength: 200,
  });
  const secret = box.querySelector("input");
  const reveal = ({ target }) => { secret.type = target.checked ? "text" : "password"; };
  const shown = el("input", { type: "checkbox", id: "shown", on: { change: reveal } });
  return [
    backButton(),
    el("h1", { text: t("link.password_title") }),
    el("p", { class: "lead", text: t("link.password_text") }),
    form([box, el("div", { class: "field" }, checkRow(shown, t("link.password_show")))], t("link.confirm"),
      () => prove({ password: secret.value }), { ...known, wrong_proof: wrong("password", "link.wrong_password") }),
    button(t("link.use_code"), () => back(), { kind: "text" }),
  ];
}

function wrong(name, key) {
  return ({ more }, node) => showProblems(node, [{ field: name, text: t(key, { left: more.tries_left }) }]);
}

async function prove(proof) {
  await ask("POST", "/link/prove", { session: trial.session, ...proof }, { live: true });
  await linkedNow();
}

// What the server may say about a proof or a choice, other than yes.
const known = {
  session_over: () => {
    show(who);
    say(t("link.over"));
  },
  choose_member: ({ more }) => go(() => members(more.members)),
  linked_elsewhere: ({ more }) => go(() => elsewhere(more.relink)),
  already_linked: () => linkedNow({ already: true }),
};

function members(list) {
  const choices = list.map(({ key, name, number }) => choice("person", name, number, async () => {
    trial = { ...trial, key };
    await ask("POST", "/link/choose", { session: trial.session, key }, { live: true });
    await linkedNow();
  }));
  return [
    backButton(),
    el("h1", { text: t("link.members_title") }),
    el("p", { class: "lead", text: t("link.members_text") }),
    el("div", { class: "stack" }, ...choices),
  ];
}

function elsewhere(possible) {
  if (!possible) {
    const send = askButton(t("link.use_code"), async () => {
      await sendCode(trial.who);
      go(code);
    }, { known });
    return [backButton(), ...calm("lock", t("link.relink_title"), t("link.relink_code_text"), el("div", { class: "stack" }, send))];
  }
  const { session, key } = trial;
  const move = askButton(t("link.relink"), async () => {
    await ask("POST", "/link/relink", key ? { session, key } : { session }, { live: true });
    await linkedNow();
  }, { known });
  return calm("link", t("link.relink_title"), t("link.relink_text"),
    pointList([["check", t("link.relink_points")], ["note", t("link.relink_old")]]),
    el("div", { class: "stack" }, move,
      el("a", { class: "button-text", href: addressOf("/liff/"), text: t("link.relink_no") })));
}

// The link is made: that the server cannot say more about it just now does not undo it.
async function linkedNow(options = {}) {
  await refresh().catch(() => undefined);
  finish(linkedView(options));
}
