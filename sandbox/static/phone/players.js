// Players for films and sounds, started and stopped with a button of their own.

import { el, imageUrl, mediaUrl } from "./dom.js";
import { icon } from "./icons.js";
import { lengthOf } from "./time.js";
import { t } from "./words.js";

/**
 * A film behind its first picture; once it is started, the browser's own controls are there too.
 * @param {{address: unknown, picture?: unknown, class?: string}} options without `picture` the film's own first one is shown
 * @returns {{node: HTMLElement, video: HTMLVideoElement}}
 */
export function film({ address, picture, class: className = "" }) {
  const poster = imageUrl(picture);
  const video = el("video", {
    class: "film-video", preload: poster ? "none" : "metadata", playsinline: true, src: mediaUrl(address), poster: poster || null, "aria-label": t("kind.video"),
  });
  const button = el("button", { class: "film-play", type: "button", "aria-label": t("player.film"), on: { click: () => start(video, button) } }, icon("play", 30));
  return { node: el("div", { class: `film ${className}` }, video, button), video };
}

async function start(video, button) {
  // A film that cannot be played tells so by its event "error".
  const playing = await video.play().then(() => true, () => false);
  if (!playing) return;
  video.controls = true;
  button.hidden = true;
  video.focus({ preventScroll: true });
}

/**
 * A sound with a button, the place where it is, and how long it lasts.
 * @param {{address: string, duration?: number}} options `duration` in milliseconds, until the sound itself tells
 * @returns {HTMLElement}
 */
export function sound({ address, duration = 0 }) {
  const audio = el("audio", { preload: "none", src: address });
  const button = el("button", { class: "sound-play", type: "button", on: { click: () => (audio.paused ? audio.play().catch(() => undefined) : audio.pause()) } });
  const place = el("input", { class: "sound-place", type: "range", min: "0", step: "any", value: "0", "aria-label": t("player.place") });
  const time = el("span", { class: "sound-time" });
  const total = () => (Number.isFinite(audio.duration) ? audio.duration * 1000 : duration);
  const draw = () => {
    const at = audio.currentTime * 1000;
    place.max = String(Math.max(total(), 1));
    place.value = String(at);
    place.setAttribute("aria-valuetext", lengthOf(at));
    time.textContent = lengthOf(at || total());
    button.replaceChildren(icon(audio.paused ? "play" : "pause", 22));
    button.setAttribute("aria-label", t(audio.paused ? "player.play" : "player.pause"));
  };
  for (const event of ["play", "pause", "timeupdate", "durationchange"]) audio.addEventListener(event, draw);
  audio.addEventListener("ended", () => (audio.currentTime = 0));
  place.addEventListener("input", () => (audio.currentTime = place.value / 1000));
  draw();
  return el("div", { class: "sound", role: "group", "aria-label": t("kind.audio") }, button, place, time, audio);
}
