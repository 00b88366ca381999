// Sheets in which the person records or chooses a film, a voice or a file.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { ask, fileField } from "./pickers.js";
import { sound } from "./players.js";
import { asRecording, base64, canMakeFilm, chime, makeFilm, recordVoice } from "./recordings.js";
import { lengthOf } from "./time.js";
import { toast } from "./toast.js";
import { language, t } from "./words.js";

const TICK_MS = 250;
const SAMPLE_FILES = [
  { name: { ja: "注文メモ.txt", en: "order.txt" }, text: "カフェラテ 2\nドリップ M 1\n" },
  { name: { ja: "会員一覧.csv", en: "members.csv" }, text: "番号,名前\n0001,山田 花子\n0002,佐藤 健\n" },
];

/** @returns {Promise<import("./recordings.js").Recording|null>} */
export function pickVideo() {
  return ask(t("sheet.video"), (choose) => [
    ...(canMakeFilm() ? filmMaker(choose) : []),
    fileField("film", "video/*", async (file) => choose(await asRecording(file))),
  ]);
}

// A film takes its time to be recorded.
function filmMaker(choose) {
  const note = el("p", { class: "sheet-subtitle", role: "status" });
  const make = async () => {
    button.disabled = true;
    note.textContent = t("sheet.video_making");
    const film = await makeFilm();
    if (button.isConnected) choose(film);
  };
  const button = el("button", { class: "menu-item", type: "button", "data-first-focus": true, on: { click: make } },
    icon("film"), el("span", { text: t("sheet.video_sample") }));
  return [button, note];
}

/** @returns {Promise<import("./recordings.js").Recording|null>} */
export async function pickVoice() {
  const booth = new Booth();
  const voice = await ask(t("sheet.voice"), (choose) => booth.build(choose));
  booth.leave();
  return voice;
}

// Where a voice is recorded, heard and sent.
class Booth {
  build(choose) {
    this.choose = choose;
    this.recorder = null;
    this.label = el("span", { text: t("sheet.voice_start") });
    this.button = el("button", {
      class: "record-button", type: "button", "aria-pressed": "false", "data-first-focus": true, on: { click: () => this.toggle() },
    }, icon("mic", 30), this.label);
    this.time = el("p", { class: "record-time", role: "timer", text: lengthOf(0) });
    this.result = el("div", { class: "record-result", hidden: true });
    const sample = el("button", { class: "menu-item", type: "button", on: { click: () => this.hear(chime()) } }, icon("wave"), el("span", { text: t("sheet.voice_sample") }));
    return [el("div", { class: "record-booth" }, this.button, this.time), this.result, sample, fileField("wave", "audio/*", (file) => this.hear(file))];
  }

  async toggle() {
    if (this.recorder) {
      const { file, duration } = await this.end();
      return this.hear(file, duration);
    }
    const recorder = await recordVoice();
    if (!recorder) return toast(t("sheet.voice_none"));
    // Meanwhile the sheet may have been closed.
    if (!this.button.isConnected) return recorder.release();
    this.recorder = recorder;
    this.result.hidden = true;
    this.show(true);
    return undefined;
  }

  end() {
    const { recorder } = this;
    this.recorder = null;
    this.show(false);
    return recorder.stop();
  }

  show(recording) {
    this.button.setAttribute("aria-pressed", String(recording));
    this.label.textContent = t(recording ? "sheet.voice_stop" : "sheet.voice_start");
    clearInterval(this.clock);
    const began = performance.now();
    const tell = () => (this.time.textContent = lengthOf(performance.now() - began));
    if (!recording) return;
    tell();
    this.clock = setInterval(tell, TICK_MS);
  }

  async hear(file, duration) {
    // Whoever takes another sound does not want the one that is being recorded.
    if (this.recorder) await this.end();
    const voice = await asRecording(file, duration);
    if (!this.button.isConnected) return;
    this.free();
    this.address = URL.createObjectURL(file);
    const button = el("button", { class: "button-primary", type: "button", on: { click: () => this.choose(voice) } }, icon("send", 20), t("send"));
    this.result.hidden = false;
    this.result.replaceChildren(sound({ address: this.address, duration: voice.duration }), button);
    button.focus();
  }

  free() {
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = null;
  }

  leave() {
    clearInterval(this.clock);
    this.recorder?.release();
    this.free();
  }
}

/** @returns {Promise<{content: string, name: string}|null>} */
export function pickFile() {
  return ask(t("sheet.file"), (choose) => {
    const send = async (file, name) => choose({ content: await base64(file), name });
    const samples = SAMPLE_FILES.map(({ name, text }, index) => el("button", {
      class: "menu-item", type: "button", "data-first-focus": index === 0, on: { click: () => send(new Blob([text]), name[language]) },
    }, icon("file"), el("span", { text: name[language] })));
    return [el("div", { class: "menu-list" }, ...samples), fileField("file", null, (file) => send(file, file.name))];
  });
}
