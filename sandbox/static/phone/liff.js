// LIFF apps and other pages inside the phone: a sheet with a title bar and the page in a frame.

import { closeLiff, getLiff } from "./api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { mailButton } from "./mails.js";
import { closeSheet, openSheet } from "./sheets.js";
import { currentTalk, state } from "./state.js";
import { orToast, toast } from "./toast.js";
import { t } from "./words.js";

const SCHEMES = /^(https:\/\/liff\.line\.me\/|line:\/\/app\/|https?:\/\/[^/]+\/liff\.line\.me\/)(?<id>[\w-]+)(?<rest>[^]*)$/;
const SIZES = ["compact", "tall", "full"];

/**
 * The LIFF app an address belongs to, and what follows its id.
 * @param {string} address
 * @returns {{id: string, rest: string}|null}
 */
export function liffOf(address) {
  const { id, rest } = SCHEMES.exec(address)?.groups || {};
  return id ? { id, rest } : null;
}

/**
 * Open a LIFF app as the app opens it, for the person and from the talk on the screen.
 * @param {{id: string, rest: string}} target
 * @returns {Promise<boolean>} whether there is such an app
 */
export async function openLiff({ id, rest }) {
  const app = await orToast(getLiff(id));
  if (!app) return false;
  const { person, account } = currentTalk();
  const url = new URL(`/liff.line.me/${id}${rest}`, window.location.origin);
  url.searchParams.set("__person", person);
  url.searchParams.set("__account", account);
  openFrame(url.pathname + url.search + url.hash, app.name, SIZES.includes(app.view) ? app.view : "full");
  return true;
}

/**
 * Tell the sandbox's login pages whose phone the frames of this browser belong to (login_screens.py): where an app
 * leads to them, nothing in their address says so.
 */
export function claimFrames() {
  // The frame may show another site by then, whose requests carry no cookie of a stricter kind.
  const reach = window.isSecureContext ? "SameSite=None; Secure" : "SameSite=Lax";
  document.cookie = `sandbox_phone=${state.person}; Path=/; ${reach}`;
}

function openFrame(address, name, size) {
  // Another tab may hold the phone of another person.
  claimFrames();
  // The star: the page is of the shop's origin, not of the one that the address begins with.
  const frame = el("iframe", { class: "page-frame", src: address, title: name, allow: "camera; geolocation; clipboard-write *; screen-wake-lock *" });
  const page = { frame, token: null };
  const listen = (event) => event.source === frame.contentWindow && heard(page, event.data);
  window.addEventListener("message", listen);
  openSheet(name, [frame], {
    kind: "page", size, actions: [mailButton(), outsideLink(address)],
    onClose: () => {
      window.removeEventListener("message", listen);
      if (page.token) closeLiff(page.token).catch(() => undefined);
    },
  });
}

function outsideLink(address) {
  return el("a", { class: "icon-button", href: address, target: "_blank", rel: "noopener", "aria-label": t("liff.outside") }, icon("out", 20));
}

// What the page's SDK asks of the app around it.
function heard(page, message) {
  if (message?.source !== "liff-native") return;
  if (typeof message.access_token === "string") page.token = message.access_token;
  if (message.type === "closeWindow") closeSheet();
  if (message.type === "openWindow") openWindow(message);
  if (message.type === "title" && message.title) page.frame.closest(".sheet").querySelector(".sheet-title").textContent = message.title;
}

function openWindow({ url, external }) {
  if (!/^https?:\/\//i.test(url)) return toast(t("action.outside", { uri: url }));
  const target = liffOf(url);
  if (target) openLiff(target);
  else if (external) window.open(url, "_blank", "noopener,noreferrer");
  else openFrame(url, new URL(url).host, "full");
  return undefined;
}
