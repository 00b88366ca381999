// What exists beside the people: providers, accounts with their secrets, login channels, LIFF apps.

import { copy } from "./actions.js";
import { control } from "./api.js";
import { el } from "./dom.js";
import { form, panel } from "./forms.js";
import { icon } from "./icons.js";
import { orToast } from "./toast.js";
import { t } from "./words.js";

const SLUG = "[a-z0-9][a-z0-9_\\-]{0,39}";
const VIEWS = [["full", "full"], ["tall", "tall"], ["compact", "compact"]];

/**
 * @param {Object} world as in GET /control/state
 * @param {function(): void} renew
 * @returns {HTMLElement[]}
 */
export function worldPanels(world, renew) {
  const more = el("div", { class: "tool-panels" });
  showMore(more, renew);
  return [accountPanel(world, renew), more];
}

function sender(path, renew, change = (values) => values) {
  return async (values) => {
    const done = await control("POST", path, change(values));
    renew();
    return done;
  };
}

function adding(name, label, fields, send) {
  return el("details", { class: "create", "data-name": name }, el("summary", { class: "button-quiet" }, icon("plus", 20), label), form(fields, t("world.add"), send));
}

function accountPanel(world, renew) {
  const fields = [
    { name: "slug", label: t("world.slug"), required: true, pattern: SLUG, placeholder: "roastery" },
    { name: "name", label: t("world.name"), required: true, placeholder: "焙煎所" },
    { name: "webhook_url", label: t("world.webhook"), type: "url", required: true, placeholder: "http://127.0.0.1:3000/webhook" },
    { name: "provider", label: t("world.provider"), pattern: SLUG, placeholder: "default" },
  ];
  return panel("shop", t("world.accounts"), el("ul", { class: "tool-list" }, ...world.accounts.map((account) => accountLine(account, renew))),
    adding("account", t("world.add_account"), fields, sender("accounts", renew)));
}

function accountLine(account, renew) {
  const fields = [
    { name: "webhook_url", label: t("world.webhook"), type: "url", required: true, value: account.webhook_url },
    { name: "picture", label: t("world.picture"), type: "picture", clearable: true, value: account.picture ?? "" },
    { name: "redelivery", label: t("world.redelivery"), type: "switch", value: account.redelivery },
  ];
  const save = async (values) => {
    const done = await control("PATCH", `accounts/${encodeURIComponent(account.slug)}`, values);
    renew();
    return done;
  };
  return el("li", { class: "tool-item" }, el("b", { text: account.name }), el("small", { text: `${account.slug} · ${account.provider} · ${account.basic_id}` }),
    el("details", { class: "tool-more", "data-name": `account-${account.slug}` }, el("summary", { text: t("world.keys") }),
      secret("Channel secret", account.channel_secret), secret("Channel access token", account.access_token),
      form(fields, t("world.save"), save)));
}

function secret(label, value) {
  return el("div", { class: "tool-secret" }, el("span", { text: label }), el("code", { text: value }),
    el("button", { class: "icon-button", type: "button", "aria-label": `${t("talk.copy")}: ${label}`, on: { click: () => copy(value, t("world.copied", { label })) } }, icon("copy", 18)));
}

// LINE Login and LIFF; nothing of it is shown where the sandbox does not tell of it.
async function showMore(holder, renew) {
  const world = await control("GET", "world").catch(() => null);
  if (!world) return;
  holder.append(loginPanel(world, renew), liffPanel(world, renew), exportPanel());
}

function loginPanel(world, renew) {
  const provider = [
    { name: "slug", label: t("world.slug"), required: true, pattern: SLUG, placeholder: "komorebi" },
    { name: "name", label: t("world.name"), required: true },
  ];
  const fields = [
    { name: "provider", label: t("world.provider"), required: true, pattern: SLUG },
    { name: "name", label: t("world.name"), required: true },
    { name: "redirect_uris", label: t("world.redirect"), placeholder: "https://example.com/callback" },
    { name: "linked_account", label: t("world.linked"), pattern: SLUG },
  ];
  const change = (values) => ({ ...values, redirect_uris: (values.redirect_uris || "").split(/\s+/).filter(Boolean) });
  return panel("globe", t("world.logins"), itemList(world.login_channels, (one) => [one.name, `${one.channel_id} · ${one.provider}`]),
    adding("provider", t("world.add_provider"), provider, sender("providers", renew)),
    adding("login", t("world.add_login"), fields, sender("login_channels", renew, change)));
}

function liffPanel(world, renew) {
  const channels = (world.login_channels || []).map((one) => [one.channel_id, one.name]);
  const fields = [
    { name: "login_channel", label: t("world.logins"), options: channels },
    { name: "endpoint", label: t("world.endpoint"), type: "url", required: true },
    { name: "view", label: t("world.view"), options: VIEWS },
    { name: "scopes", label: t("world.scopes"), value: "profile openid" },
  ];
  const change = (values) => ({ ...values, scopes: (values.scopes || "").split(/\s+/).filter(Boolean) });
  return panel("shapes", t("world.liff"), itemList(world.liff_apps, (one) => [one.liff_id ?? one.id, `${one.endpoint} · ${one.view}`]),
    channels.length ? adding("liff", t("world.add_liff"), fields, sender("liff_apps", renew, change)) : null);
}

function itemList(items, wordsOf) {
  if (!items?.length) return el("p", { class: "tool-none", text: t("world.none") });
  return el("ul", { class: "tool-list" }, ...items.map((one) => {
    const [head, rest] = wordsOf(one);
    return el("li", { class: "tool-item" }, el("b", { text: head }), el("small", { text: rest }));
  }));
}

function exportPanel() {
  const run = async () => {
    const world = await orToast(control("GET", "world"));
    if (!world) return;
    const address = URL.createObjectURL(new Blob([JSON.stringify(world, null, 2)], { type: "application/json" }));
    el("a", { href: address, download: "world.yaml" }).click();
    URL.revokeObjectURL(address);
  };
  return panel("save", t("world.export"), el("p", { class: "column-hint", text: t("world.export_hint") }),
    el("div", { class: "tool-row" }, el("button", { class: "button-small", type: "button", text: t("export.save"), on: { click: run } })));
}
