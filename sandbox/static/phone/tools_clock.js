// The sandbox's clock: what time it is there, and letting time pass at once.

import { control } from "./api.js";
import { el } from "./dom.js";
import { form, panel } from "./forms.js";
import { orToast } from "./toast.js";
import { language, t } from "./words.js";

const STEPS = [["clock.minute", 60], ["clock.hour", 3600], ["clock.day", 86_400], ["clock.week", 604_800]];
const FULL = new Intl.DateTimeFormat(language === "en" ? "en-GB" : "ja-JP", {
  year: "numeric", month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

/**
 * @param {{clock: {now: number, ahead_seconds: number}}} world
 * @param {function(): void} renew
 * @returns {HTMLElement}
 */
export function clockPanel(world, renew) {
  const forward = async (seconds) => {
    const told = await orToast(control("POST", "clock", { forward: seconds }));
    if (told) renew();
    return told;
  };
  const buttons = STEPS.map(([word, seconds]) => el("button", {
    class: "button-small", type: "button", text: t(word), on: { click: () => forward(seconds) },
  }));
  const fields = [{ name: "seconds", label: t("clock.seconds"), type: "number", min: "0", step: "any", required: true }];
  return panel("again", t("clock.title"), el("p", { class: "tool-big", text: FULL.format(new Date(world.clock.now)) }),
    el("p", { class: "column-hint", text: world.clock.ahead_seconds ? t("clock.ahead", { ahead: spoken(world.clock.ahead_seconds) }) : t("clock.hint") }),
    el("div", { class: "tool-row", role: "group", "aria-label": t("clock.title") }, ...buttons),
    form(fields, t("clock.go"), ({ seconds }) => forward(seconds)));
}

function spoken(seconds) {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return t("clock.span", { days, hours, minutes });
}
