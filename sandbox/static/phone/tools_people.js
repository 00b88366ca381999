// The people: add one, change what LINE tells of one.

import { changePerson, control } from "./api.js";
import { el } from "./dom.js";
import { form, labelled, panel } from "./forms.js";
import { icon } from "./icons.js";
import { state } from "./state.js";
import { t } from "./words.js";

const KEY = "[a-z0-9][a-z0-9_\\-]{0,39}";
const LANGUAGES = [["ja", t("language.ja")], ["en", t("language.en")]];

/**
 * @param {{people: Object[]}} world as in GET /control/state
 * @param {function(): void} renew
 * @returns {HTMLElement}
 */
export function peoplePanel(world, renew) {
  const add = async (values) => {
    const done = await control("POST", "people", values);
    renew();
    return done;
  };
  const fields = [
    { name: "key", label: t("world.key"), required: true, pattern: KEY, placeholder: "misaki" },
    { name: "name", label: t("world.name"), required: true, placeholder: t("people.name_hint") },
    { name: "language", label: t("people.language"), options: LANGUAGES },
  ];
  return panel("people", t("people.title"),
    world.people.length ? folded("edit", "person-edit", t("people.edit"), editor(world, renew)) : null,
    folded("add", "person", t("people.create"), form(fields, t("world.add"), add)));
}

function folded(iconName, name, label, content) {
  return el("details", { class: "create", "data-name": name }, el("summary", { class: "button-quiet" }, icon(iconName, 20), label), content);
}

// The form is another one for each person, filled with what they have.
function editor({ people }, renew) {
  const who = labelled({ name: "who", label: t("people.who"), options: people.map(({ key, name }) => [key, name]), value: state.person });
  const select = who.querySelector("select");
  const node = el("div", { class: "tool-editor" });
  const draw = () => node.replaceChildren(who, form(fieldsOf(people.find(({ key }) => key === select.value)), t("world.save"), save));
  const save = async (values) => {
    const done = await changePerson(select.value, values);
    renew();
    return done;
  };
  select.addEventListener("change", () => {
    draw();
    select.focus();
  });
  draw();
  return node;
}

function fieldsOf({ name, language, picture, status_message: message, consent }) {
  const languages = LANGUAGES.some(([code]) => code === language) ? LANGUAGES : [...LANGUAGES, [language, language]];
  return [
    { name: "name", label: t("people.name"), required: true, maxlength: "100", value: name },
    { name: "language", label: t("people.language"), options: languages, value: language },
    { name: "status_message", label: t("people.status_message"), maxlength: "500", clearable: true, value: message ?? "" },
    { name: "picture", label: t("world.picture"), type: "picture", clearable: true, value: picture ?? "" },
    { name: "consent", label: t("people.consent"), type: "switch", value: consent },
  ];
}
