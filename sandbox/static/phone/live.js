// The one event stream. The browser reconnects by itself; where it gives up, we open the stream anew.

import { eventsPath } from "./api.js";
import { emit } from "./state.js";

// The names of the events on the stream, and of the topics they are told under.
const TOPICS = {
  message: "message", status: "status", state: "news", call: "call", delivery: "delivery",
  richmenu: "richmenu", typing: "typing", read: "read", clock: "clock", mail: "mail", mails_cleared: "mails_cleared",
};
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

let source = null;
let person = null;
let wait = FIRST_WAIT_MS;
let timer = 0;

/**
 * Follow the events of one person, leaving the stream of the person before.
 * @param {string} key
 */
export function follow(key) {
  if (key === person) return;
  person = key;
  wait = FIRST_WAIT_MS;
  open();
}

function open() {
  clearTimeout(timer);
  source?.close();
  source = new EventSource(eventsPath(person));
  for (const [kind, topic] of Object.entries(TOPICS)) {
    source.addEventListener(kind, (event) => emit(topic, JSON.parse(event.data)));
  }
  source.addEventListener("open", opened);
  source.addEventListener("error", failed);
}

function opened() {
  wait = FIRST_WAIT_MS;
  // Listeners fetch what they missed: nothing tells how long the line was down.
  emit("live", true);
}

function failed() {
  emit("live", false);
  if (source.readyState !== EventSource.CLOSED) return;
  timer = setTimeout(open, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}
