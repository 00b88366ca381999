// Sheets in which the person chooses something: a date, a place, a picture, a sticker.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { readPhoto, samplePhotos } from "./photos.js";
import { openSheet } from "./sheets.js";
import { STICKERS, stickerFace } from "./stickers.js";
import { toast } from "./toast.js";
import { language, t } from "./words.js";

const PLACES = [
  { title: "吉祥寺駅", address: "東京都武蔵野市吉祥寺南町2丁目1", latitude: 35.703152, longitude: 139.579823 },
  { title: "東京駅", address: "東京都千代田区丸の内1丁目9", latitude: 35.681236, longitude: 139.767125 },
  { title: "大阪駅", address: "大阪府大阪市北区梅田3丁目1", latitude: 34.702485, longitude: 135.495951 },
  { title: "札幌駅", address: "北海道札幌市北区北6条西4丁目", latitude: 43.068661, longitude: 141.350755 },
];

/**
 * Show a sheet and wait for the choice.
 * @template T
 * @param {string} title
 * @param {function(function(T): void): Node[]} build gets the function to call with the choice
 * @returns {Promise<T|null>} null when the sheet was closed without one
 */
export function ask(title, build) {
  return new Promise((resolve) => {
    let chosen = null;
    const choose = (value) => {
      chosen = value;
      close();
    };
    const close = openSheet(title, build(choose), { onClose: () => resolve(chosen) });
  });
}

// Larger files would only make the sandbox slow.
const MOST_BYTES = 20 * 1024 * 1024;

const INPUT_TYPES = { date: "date", time: "time", datetime: "datetime-local" };

/**
 * A date, a time or both, as the action asks for.
 * @param {{mode: string, initial?: string, min?: string, max?: string}} action
 * @returns {Promise<Object<string, string>|null>} LINE's postback params, e.g. {date: "2026-11-24"}
 */
export function pickDate(action) {
  const mode = Object.hasOwn(INPUT_TYPES, action.mode) ? action.mode : "datetime";
  const plain = (value) => value?.replace("t", "T");
  return ask(t(`sheet.${mode}`), (choose) => {
    const input = el("input", {
      class: "field", type: INPUT_TYPES[mode], required: true, "aria-label": t(`sheet.${mode}`),
      min: plain(action.min), max: plain(action.max), value: plain(action.initial), "data-first-focus": true,
    });
    const submit = (event) => {
      event.preventDefault();
      choose({ [mode]: input.value });
    };
    return [el("form", { class: "sheet-form", on: { submit } }, input,
      el("button", { class: "button-primary", type: "submit", text: t("ok") }))];
  });
}

/** @returns {Promise<{title: string, address: string, latitude: number, longitude: number}|null>} */
export function pickLocation() {
  return ask(t("sheet.locations"), (choose) => [
    el("div", { class: "menu-list" }, ...PLACES.map((place, index) => placeButton(place, index === 0, choose))),
  ]);
}

function placeButton(place, first, choose) {
  return el("button", { class: "menu-item", type: "button", "data-first-focus": first, on: { click: () => choose(place) } },
    icon("pin"), el("span", { lang: "ja" }, el("b", { text: place.title }), el("small", { text: place.address })));
}

/** @returns {Promise<{packageId: string, stickerId: string}|null>} */
export function pickSticker() {
  return ask(t("sheet.stickers"), (choose) => [
    el("div", { class: "choice-grid choice-stickers" }, ...STICKERS.map((sticker, index) => {
      const ids = `${sticker.packageId}/${sticker.stickerId}`;
      return el("button", {
        class: "choice", type: "button", "aria-label": `${t("kind.sticker")} ${ids}`,
        "data-first-focus": index === 0, on: { click: () => choose(sticker) },
      }, stickerFace(ids));
    })),
  ]);
}

/** @returns {Promise<import("./photos.js").Photo|null>} */
export function pickPhoto() {
  return ask(t("sheet.photos"), (choose) => [
    el("h3", { class: "sheet-subtitle", text: t("sheet.photo_samples") }),
    el("div", { class: "choice-grid" }, ...samplePhotos().map((photo, index) => sampleButton(photo, index === 0, choose))),
    fileField("photo", "image/*", async (file) => {
      const photo = await readPhoto(file);
      if (photo) choose(photo);
    }),
  ]);
}

function sampleButton(sample, first, choose) {
  return el("button", {
    class: "choice choice-photo", type: "button", "aria-label": sample.name[language],
    "data-first-focus": first, on: { click: () => choose(sample.photo) },
  }, el("img", { src: sample.address, alt: "" }));
}

/**
 * A button that takes a file of this device.
 * @param {string} iconName
 * @param {string|null} accept media types, as an input has them; null for any
 * @param {function(File): void} choose
 */
export function fileField(iconName, accept, choose) {
  const change = (event) => {
    const [file] = event.target.files;
    if (file?.size > MOST_BYTES) toast(t("sheet.too_large", { most: MOST_BYTES / 1024 / 1024 }));
    else if (file) choose(file);
  };
  return el("label", { class: "button-quiet" }, icon(iconName), t("sheet.from_device"),
    el("input", { class: "visually-hidden", type: "file", accept, on: { change } }));
}
