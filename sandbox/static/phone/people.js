// The people who can hold the phone: switch, search, create, change the language, see whose friends they are.

import { changePerson, createPerson } from "./api.js";
import { avatar } from "./avatar.js";
import { byId, el, soon } from "./dom.js";
import { closeDrawer } from "./drawers.js";
import { icon } from "./icons.js";
import { currentPerson, friendStatus, on, select, state } from "./state.js";
import { orToast } from "./toast.js";
import { VirtualList } from "./virtual_list.js";
import { t } from "./words.js";

const LANGUAGES = ["ja", "en"];
// The height of a row in people.css.
const ROW_PX = 60;
const ENOUGH_TO_SEARCH = 8;

const list = new VirtualList({
  label: t("people.list"), rowHeight: ROW_PX, keyOf: (person) => person.key, draw: personRow,
  signatureOf: (person) => JSON.stringify([person.name, person.language, person.picture, state.person === person.key]),
});
const search = el("input", {
  class: "field people-search", type: "search", "aria-label": t("people.search"), placeholder: t("people.search"), hidden: true,
  on: { input: () => draw() },
});
const holder = el("section", { class: "person-current", "aria-label": t("people.using"), hidden: true });
let shown = "";

/** Build the column; call once. */
export function setUpPeople() {
  byId("people").setAttribute("aria-label", t("people.title"));
  byId("people").append(
    el("div", { class: "column-head" }, el("h2", { text: t("people.title") }),
      el("button", { class: "icon-button drawer-close", type: "button", "aria-label": t("close"), on: { click: closeDrawer } }, icon("close"))),
    holder, el("p", { class: "column-hint", text: t("people.hint") }), search, list.node, createForm());
  for (const topic of ["state", "selection"]) on(topic, soon(draw));
  on("selection", () => requestAnimationFrame(() => list.reveal(state.person)));
}

function draw() {
  search.hidden = state.people.length < ENOUGH_TO_SEARCH;
  const words = search.value.trim().toLowerCase();
  list.show(words ? state.people.filter((person) => `${person.name} ${person.key}`.toLowerCase().includes(words)) : state.people);
  drawHolder();
}

// Refilled only where something changed, so that the focus stays where it is.
function drawHolder() {
  const person = currentPerson();
  holder.hidden = !person;
  const signature = JSON.stringify([person, state.accounts, state.account]);
  if (!person || signature === shown) return;
  shown = signature;
  const focused = holder.contains(document.activeElement) ? document.activeElement.dataset.part : null;
  holder.replaceChildren(
    el("div", { class: "person-head" }, avatar(person),
      el("span", { class: "person-name" }, el("b", { text: person.name }), el("small", { text: t("people.using") })),
      languageField(person)),
    friendList(person));
  if (focused) holder.querySelector(`[data-part="${focused}"]`)?.focus();
}

function personRow(person) {
  return el("button", {
    class: "person-choose", type: "button", "aria-pressed": String(state.person === person.key),
    on: { click: () => choosePerson(person.key) },
  }, avatar(person, "row"), el("b", { class: "person-name", text: person.name }), el("small", { class: "person-tag", text: person.language }));
}

function choosePerson(key) {
  closeDrawer();
  select(key, state.account || state.accounts[0]?.slug || null);
}

function languageField(person) {
  const change = (event) => orToast(changePerson(person.key, { language: event.target.value }));
  return el("select", {
    class: "person-language", "aria-label": t("people.language_of", { name: person.name }), "data-part": "language", on: { change },
  }, ...languageOptions(person.language));
}

function languageOptions(selected) {
  const codes = LANGUAGES.includes(selected) ? LANGUAGES : [...LANGUAGES, selected];
  return codes.map((code) => el("option", { value: code, selected: code === selected, text: LANGUAGES.includes(code) ? t(`language.${code}`) : code }));
}

function friendList(person) {
  if (!state.accounts.length) return el("p", { class: "column-hint", text: t("people.no_account") });
  const items = state.accounts.map((account) => {
    const status = friendStatus(person.key, account.slug);
    return el("li", {}, el("button", {
      class: "friend", type: "button", "aria-current": account.slug === state.account ? "true" : null,
      "data-part": `friend-${account.slug}`, on: { click: () => chooseTalk(person.key, account.slug) },
    }, avatar(account, "tiny"), el("span", { class: "friend-name", text: account.name }),
    el("small", { class: `tag tag-${status}`, text: t(`talk.${status}`) })));
  });
  return el("ul", { class: "friend-list", "aria-label": t("people.friends") }, ...items);
}

function chooseTalk(person, account) {
  closeDrawer();
  select(person, account);
}

function createForm() {
  const name = el("input", { class: "field", name: "name", required: true, maxlength: "40", autocomplete: "off", placeholder: t("people.name_hint"), id: "new-name" });
  const language = el("select", { class: "field", name: "language", id: "new-language" }, ...languageOptions("ja"));
  const form = el("form", { class: "create-form" },
    el("label", { for: "new-name", text: t("people.name") }), name,
    el("label", { for: "new-language", text: t("people.language") }), language,
    el("button", { class: "button-primary", type: "submit", text: t("people.save") }));
  const box = el("details", { class: "create" }, el("summary", { class: "button-quiet" }, icon("add"), t("people.create")), form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const person = await orToast(createPerson({ name: name.value.trim(), language: language.value }));
    if (!person) return;
    form.reset();
    box.open = false;
    adopt(person);
  });
  return box;
}

// The new person takes the phone at once; the event that announces them may come a moment later.
function adopt(person) {
  if (!state.people.some((one) => one.key === person.key)) state.people.push({ friends: {}, ...person });
  choosePerson(person.key);
}
