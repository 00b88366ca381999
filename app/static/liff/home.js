// /liff/: who you are here, and where you can go.

import { el, icon } from "./dom.js";
import { addressOf } from "./frame.js";
import { memberCard, suspendedNote } from "./member_card.js";
import { me, start } from "./me.js";
import { inLine, logOut } from "./session.js";
import { button, show } from "./views.js";
import { t } from "./words.js";

start(() => show(home));

function home() {
  const tiles = () => el("nav", { class: "tiles", "aria-label": t("home.menu") },
    tile("card", "/liff/card", t("home.card"), t("home.card_text")),
    tile("coins", "/liff/points", t("home.points"), t("home.points_text")),
    tile("ticket", "/liff/coupons", t("home.coupons"), t("home.coupons_text")),
    tile("bag", "/liff/order", t("home.order"), t("home.order_text")),
    tile("calendar", "/liff/reserve", t("home.reserve"), t("home.reserve_text")),
    tile("person", "/liff/profile", t("home.profile"), t("home.profile_text")));
  return [
    el("h1", { class: "visually-hidden", text: t("home.title") }),
    me.member?.suspended && suspendedNote(),
    me.linked ? memberCard(me) : guestCard(),
    me.linked && tiles(),
    !inLine && button(t("home.log_out"), logOut, { kind: "text" }),
  ];
}

function guestCard() {
  return el("section", { class: "member" },
    el("div", {},
      el("p", { class: "member-small", text: `${t("home.hello")} ${t("common.person", { name: me.person.name })}` }),
      el("h2", { class: "member-name", text: t("home.not_linked") })),
    el("p", { text: t("home.not_linked_text") }),
    el("a", { class: "button-quiet", href: addressOf("/liff/link"), text: t("home.start") }));
}

function tile(iconName, path, title, text) {
  return el("a", { class: "tile", href: addressOf(path) },
    el("span", { class: "tile-icon" }, icon(iconName)),
    el("span", {}, el("strong", { text: title }), el("small", { text })));
}
