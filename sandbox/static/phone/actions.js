// What a tap does: LINE's action objects, carried out for the person who holds the phone.

import { act } from "./api.js";
import { liffOf, openLiff } from "./liff.js";
import { pickFile, pickVideo, pickVoice } from "./media_pickers.js";
import { pickDate, pickLocation, pickPhoto } from "./pickers.js";
import { currentTalk } from "./state.js";
import { orToast, toast } from "./toast.js";
import { t } from "./words.js";

/**
 * Carry out an action.
 * @param {Object} action LINE's action object
 * @param {{apply: function(string, string): void}} phone `apply` does what an action's inputOption asks of the foot
 * @param {import("./rows.js").Entry} [entry] the message whose action it is
 * @returns {Promise<boolean>} whether it was done (a picker may have been closed without a choice)
 */
export async function perform(action, phone, entry) {
  const run = Object.hasOwn(ACTIONS, action.type) ? ACTIONS[action.type] : notHere;
  return (await run(action, phone, entry)) !== false;
}

const ACTIONS = {
  message: (action) => send("text", { text: action.text }),
  postback,
  uri: (action) => openAddress(action.uri),
  datetimepicker,
  location: () => sendLocation(),
  camera: () => sendPhoto(),
  cameraRoll: () => sendPhoto(),
  clipboard: (action) => copy(action.clipboardText),
  richmenuswitch: ({ richMenuAliasId, data }) => send("richmenu_switch", { richMenuAliasId, data }),
  videoEnded: (action, phone, entry) => send("video_complete", { message_id: entry.id }),
};

/**
 * Send something in the talk on the screen.
 * @param {Parameters<typeof act>[1]} verb
 * @param {Object} body
 * @returns {Promise<boolean>} whether the sandbox took it
 */
export async function send(verb, body) {
  return (await orToast(act(currentTalk(), verb, body))) !== undefined;
}

/** Let the person choose a place and send it. */
export async function sendLocation() {
  const place = await pickLocation();
  return place ? send("location", place) : false;
}

/** Let the person choose a picture and send it. */
export async function sendPhoto() {
  const photo = await pickPhoto();
  return photo ? send("image", photo) : false;
}

/** Let the person choose a film and send it. */
export async function sendVideo() {
  const film = await pickVideo();
  return film ? send("video", film) : false;
}

/** Let the person record a voice and send it. */
export async function sendVoice() {
  const voice = await pickVoice();
  return voice ? send("audio", voice) : false;
}

/** Let the person choose a file and send it. */
export async function sendFile() {
  const file = await pickFile();
  return file ? send("file", file) : false;
}

/**
 * Copy words and say so.
 * @param {string} text
 * @param {string} [note] what is said
 */
export async function copy(text, note = t("action.copied", { text })) {
  // The clipboard is closed to pages without HTTPS on other machines; the words are shown at least.
  await navigator.clipboard?.writeText(text).catch(() => undefined);
  toast(note);
}

async function postback(action, phone) {
  const body = { data: action.data };
  if (action.displayText ?? action.text) body.displayText = action.displayText ?? action.text;
  const done = await send("postback", body);
  if (done) phone.apply(action.inputOption, action.fillInText);
  return done;
}

async function datetimepicker(action) {
  const params = await pickDate(action);
  return params ? send("postback", { data: action.data, params }) : false;
}

function openAddress(uri) {
  const target = liffOf(uri);
  if (target) return openLiff(target);
  if (/^https?:\/\//i.test(uri)) window.open(uri, "_blank", "noopener,noreferrer");
  else toast(t("action.outside", { uri }));
  return true;
}

function notHere(action) {
  toast(t("action.not_here", { type: action.type }));
}
