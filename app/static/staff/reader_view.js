// The ways to read a code: the camera, a bar-code reader or fingers that type, a photo.

import { el, icon } from "./dom.js";
import { NoCamera, Scanner } from "./scanner.js";
import { told } from "./told.js";
import { t } from "./words.js";

/**
 * @param {{onCode: function(string): Promise<void>, onLookUp: ?function(): void}} ways
 * @returns {{node: HTMLElement, start: function(): Promise<boolean>, stop: function(): void}}
 */
export function readerView({ onCode, onLookUp }) {
  const video = el("video", { "aria-label": t("counter.camera"), playsinline: true });
  const trouble = el("p", { class: "viewfinder-trouble", role: "status" });
  const finder = el("div", { class: "viewfinder" }, video, el("div", { class: "viewfinder-frame" }), trouble);
  const scanner = new Scanner(video, { wasm: told("wasm"), found: onCode });
  const lookUp = onLookUp && el("button", { class: "button-quiet", type: "button", on: { click: onLookUp } }, icon("person"), t("counter.look_up"));
  document.addEventListener("keydown", ontoCode);
  const node = el("div", { class: "reader" }, finder,
    el("div", { class: "stack" }, typed(onCode), photo(scanner, onCode, trouble), lookUp));
  return { node, stop: () => scanner.stop(), start: () => start(scanner, finder, trouble) };
}

// On a tablet the field has no focus, which would bring the keyboard up; a bar-code reader types all the same.
function ontoCode({ key, ctrlKey, altKey, metaKey }) {
  const typed = key.length === 1 && key !== " " && !ctrlKey && !altKey && !metaKey;
  if (typed && document.activeElement === document.body) document.getElementById("code")?.focus({ preventScroll: true });
}

/** Answers whether the camera looks. */
async function start(scanner, finder, trouble) {
  // Where there is a mouse there is no keyboard on the screen, but maybe a bar-code reader.
  if (matchMedia("(pointer: fine)").matches) document.getElementById("code").focus({ preventScroll: true });
  trouble.textContent = "";
  finder.classList.remove("viewfinder-off");
  try {
    await scanner.start();
    return true;
  } catch (error) {
    if (!(error instanceof NoCamera)) throw error;
    trouble.textContent = t(`counter.camera_${error.reason}`);
    finder.classList.add("viewfinder-off");
    return false;
  }
}

// A bar-code reader types the code and presses Enter, as fingers do.
function typed(onCode) {
  const field = el("input", {
    class: "input", id: "code", name: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: "60", enterkeyhint: "go",
  });
  const form = el("form", { class: "field", novalidate: true },
    el("label", { for: "code", text: t("counter.code") }),
    el("div", { class: "beside" }, field, el("button", { class: "button", type: "submit", text: t("counter.read") })));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = field.value.trim();
    field.value = "";
    if (code) onCode(code);
  });
  return form;
}

function photo(scanner, onCode, trouble) {
  const field = el("input", { class: "visually-hidden", type: "file", id: "photo", accept: "image/*" });
  field.addEventListener("change", async () => {
    const [picture] = field.files;
    const code = picture ? await scanner.read(picture).catch(() => null) : null;
    field.value = "";
    trouble.textContent = code ? "" : t("counter.photo_empty");
    if (code) onCode(code);
  });
  return el("div", {}, field, el("label", { class: "button-quiet", for: "photo" }, icon("camera"), t("counter.photo")));
}
