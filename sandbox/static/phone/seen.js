// Tells the sandbox what the person has seen and tapped, from which it makes LINE's figures of insight.

import { act } from "./api.js";
import { soon } from "./dom.js";
import { currentTalk } from "./state.js";

// Only messages of the talk on the screen wait here, so one talk is enough.
const told = new Set();
let waiting = [];
let place = null;
let wanted = true;

const flush = soon(() => {
  const ids = waiting;
  waiting = [];
  tell(place, "seen", { message_ids: ids });
});

// LINE counts a message as seen once all of it stood on the screen, or as much as fits.
const MOST_OF_IT = 0.9;
const observer = new IntersectionObserver(look, { threshold: [0.25, 0.5, MOST_OF_IT] });

/**
 * Tell when this message of the account is seen.
 * @param {HTMLElement} row
 */
export function watchMessage(row) {
  if (!told.has(row.dataset.id)) observer.observe(row);
}

function look(changes) {
  for (const { target, intersectionRatio, intersectionRect, rootBounds } of changes) {
    const fills = rootBounds && intersectionRect.height > rootBounds.height / 2;
    if (intersectionRatio < MOST_OF_IT && !fills) continue;
    observer.unobserve(target);
    sawMessage(currentTalk(), target.dataset.id);
  }
}

function sawMessage(talk, id) {
  if (told.has(id) || !talk.account) return;
  told.add(id);
  waiting.push(id);
  place = talk;
  flush();
}

/**
 * Something in a message of the account was tapped.
 * @param {{person: string, account: string}} talk
 * @param {string} id
 * @param {Object} action LINE's action object
 */
export function tappedMessage(talk, id, action) {
  const what = action.uri ? { uri: action.uri } : action.data ? { data: action.data } : null;
  if (what) tell(talk, "tapped", { message_id: id, ...what });
}

/**
 * An area of the rich menu was tapped.
 * @param {string} richMenuId
 * @param {number} area its place in the menu
 */
export function tappedMenu(richMenuId, area) {
  tell(currentTalk(), "richmenu_tapped", { richMenuId, area });
}

// Figures are worth no complaint: where the sandbox does not take them, we stop telling.
function tell(talk, verb, body) {
  if (wanted) act(talk, verb, body).catch(() => (wanted = false));
}
