// What the page knows about people and accounts, who is holding the phone, and who wants to hear of changes.

/**
 * @typedef {{slug: string, name: string, picture?: string}} Account
 * @typedef {{key: string, name: string, language: string, friends: Object<string, string>,
 *   unread?: Object<string, number>, picture?: string}} Person
 * @typedef {{person: string, account: string}} Talk
 */

const listeners = new Map();

export const state = {
  /** @type {Account[]} */ accounts: [],
  /** @type {Person[]} */ people: [],
  /** @type {string|null} */ person: null,
  /** @type {string|null} */ account: null,
  // Grows with every change of a friendship or a count: an answer that was asked for before it is out of date.
  changes: 0,
};

/**
 * Call `listener` whenever `topic` is emitted.
 * Topics: `state` and `selection` changed here; `message`, `status`, `news` (a whole new state), `call`, `delivery`,
 * `richmenu`, `typing`, `read`, `clock`, `mail` and `mails_cleared` come from the stream; `live` is true when it opens and false when it breaks.
 * @param {string} topic
 * @param {function(*): void} listener
 */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, []);
  listeners.get(topic).push(listener);
}

/**
 * @param {string} topic
 * @param {*} [data]
 */
export function emit(topic, data) {
  for (const listener of listeners.get(topic) || []) listener(data);
}

/** @returns {Person|undefined} */
export function currentPerson() {
  return state.people.find((person) => person.key === state.person);
}

/** @returns {Account|undefined} */
export function currentAccount() {
  return state.accounts.find((account) => account.slug === state.account);
}

/** @returns {Talk} */
export function currentTalk() {
  return { person: state.person, account: state.account };
}

/**
 * Whether an event of the stream belongs to the talk on the screen.
 * @param {{person?: string, account?: string}} event
 */
export function isCurrent(event) {
  return event.person === state.person && event.account === state.account;
}

/**
 * How a person stands to an account: "friend", "blocked" or "none".
 * @param {string} [personKey]
 * @param {string} [account]
 */
export function friendStatus(personKey = state.person, account = state.account) {
  const person = state.people.find((one) => one.key === personKey);
  return person?.friends?.[account] || "none";
}

/** Take over what the server knows. @param {{accounts: Account[], people: Person[]}} news */
export function setState(news) {
  state.accounts = news.accounts || [];
  state.people = news.people || [];
  emit("state");
}

/**
 * A change of friendship or of the number of unread messages.
 * @param {{person: string, account: string, status?: string, unread?: number}} news
 */
export function setStatus(news) {
  const person = state.people.find((one) => one.key === news.person);
  if (!person) return;
  const before = JSON.stringify([person.friends, person.unread]);
  if (news.status) person.friends = { ...person.friends, [news.account]: news.status };
  if (news.unread !== undefined) person.unread = { ...person.unread, [news.account]: news.unread };
  if (before === JSON.stringify([person.friends, person.unread])) return;
  state.changes += 1;
  emit("state");
}

/**
 * Hand the phone to a person and open one of their talks; `null` shows the list of talks.
 * @param {string} person
 * @param {string|null} account
 */
export function select(person, account) {
  state.person = person;
  state.account = account;
  history.replaceState(null, "", `#${[person, account].filter(Boolean).map(encodeURIComponent).join("/")}`);
  emit("selection");
}

/** The person and account named in the page's address, where they exist. */
export function selectionFromAddress() {
  const [person, account] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const known = state.people.some((one) => one.key === person) ? person : state.people[0]?.key;
  const talk = state.accounts.some((one) => one.slug === account) ? account : state.accounts[0]?.slug;
  return { person: known || null, account: talk || null };
}
