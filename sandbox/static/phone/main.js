// Starts the page: words, columns, then the state from the server and the event stream.

import { getClock, getState } from "./api.js";
import { byId, el } from "./dom.js";
import { setUpDrawers } from "./drawers.js";
import { icon } from "./icons.js";
import { setUpInspector } from "./inspector.js";
import { claimFrames } from "./liff.js";
import { follow } from "./live.js";
import { setUpMails } from "./mails.js";
import { setUpNotices } from "./notices.js";
import { setUpPeople } from "./people.js";
import { setUpQuotes } from "./quotes.js";
import { emit, on, select, selectionFromAddress, setState, state } from "./state.js";
import { TalkView } from "./talk.js";
import { setUpTalks } from "./talks.js";
import { clock, now, setNow } from "./time.js";
import { openTools } from "./tools.js";
import { orToast } from "./toast.js";
import { language, switchLanguage, t } from "./words.js";

const TRY_AGAIN_MS = 1000;

function setUpBar() {
  document.documentElement.lang = language;
  fillButton("open-people", "people", t("people.title"));
  fillButton("open-inspector", "traffic", t("inspector.title"));
  fillButton("open-mails", "mail", t("mails.title"));
  fillButton("language", "globe", t("page.other_language"));
  fillButton("open-tools", "tools", t("tools.title"));
  byId("language").addEventListener("click", switchLanguage);
  byId("open-tools").addEventListener("click", openTools);
  on("live", showLive);
}

function fillButton(id, iconName, label) {
  byId(id).append(icon(iconName, 20), el("span", { text: label }));
}

function showLive(up) {
  byId("live").className = up ? "bar-live bar-live-up" : "bar-live bar-live-down";
  byId("live").textContent = up ? t("page.live") : t("page.offline");
}

function showClock() {
  byId("status-strip").textContent = clock(now());
}

// The sandbox's clock can be put forward, and goes back with a reset.
async function askClock() {
  const told = await getClock().catch(() => null);
  if (told) emit("clock", told);
}

// The stream tells of new people and accounts too; where one of ours is gone, another takes the phone.
function keepSelection() {
  const gone = !state.people.some((person) => person.key === state.person);
  const accountGone = state.account && !state.accounts.some((account) => account.slug === state.account);
  if (gone || accountGone) selectFromAddress();
}

function selectFromAddress() {
  const { person, account } = selectionFromAddress();
  if (person) select(person, account);
}

async function start() {
  const news = await orToast(getState());
  if (!news) return void setTimeout(start, TRY_AGAIN_MS);
  on("state", keepSelection);
  on("news", setState);
  setState(news);
}

async function refreshState() {
  const { changes } = state;
  const news = await getState().catch(() => null);
  if (news && changes !== state.changes) return void refreshState();
  if (news) setState(news);
}

setUpBar();
setUpDrawers();
setUpPeople();
setUpTalks();
setUpInspector();
setUpMails();
setUpQuotes();
setUpNotices();
on("clock", (told) => {
  setNow(told.now);
  showClock();
});
new TalkView();
showClock();
setInterval(showClock, 10_000);
for (const topic of ["live", "news"]) on(topic, askClock);
on("live", (up) => up && refreshState());
on("selection", () => {
  if (!state.person) return;
  follow(state.person);
  claimFrames();
});
start();
