// Starts the page of the tools.

import { byId, el } from "./dom.js";
import { icon } from "./icons.js";
import { toolPanels } from "./tools.js";
import { language, switchLanguage, t } from "./words.js";

document.documentElement.lang = language;
document.title = `${t("tools.title")} - ${t("page.title")}`;
byId("to-phone").append(icon("back", 20), el("span", { text: t("tools.phone") }));
byId("language").append(icon("globe", 20), el("span", { text: t("page.other_language") }));
byId("language").addEventListener("click", switchLanguage);
byId("tools").append(el("div", { class: "tool-intro" }, el("h2", { text: t("tools.title") }), el("p", { class: "column-hint", text: t("tools.hint") })), ...toolPanels());
