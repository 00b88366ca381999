// Faults on demand: which calls go wrong, how, and how often.

import { control } from "./api.js";
import { el } from "./dom.js";
import { form, panel } from "./forms.js";
import { orToast } from "./toast.js";
import { t } from "./words.js";

const ENDPOINTS = [
  "*", "push", "reply", "multicast", "broadcast", "narrowcast", "profile", "info", "content", "followers", "validate", "quota",
  "link_token", "loading", "mark_as_read", "coupon", "richmenu_create", "richmenu_image", "richmenu_link", "richmenu_bulk_link",
  "richmenu_batch", "authorize.web", "login.token", "login.verify_id", "login.profile", "login.friendship", "login.revoke", "login.certs",
  "liff.open", "liff_apps.add", "tokens.issue_stateless", "mail",
];
const KINDS = [
  "rate", "monthly", "500_before", "500_after", "timeout", "timeout_before", "drop_before", "drop_after", "401", "403", "400", "failed",
];

/**
 * @param {{accounts: Object[], faults: Object[]}} world
 * @param {function(): void} renew
 * @returns {HTMLElement}
 */
export function faultPanel(world, renew) {
  const add = async (values) => {
    const done = await control("POST", "faults", asFault(values));
    renew();
    return done;
  };
  const clear = async () => {
    await orToast(control("DELETE", "faults"));
    renew();
  };
  const button = el("button", { class: "button-small", type: "button", text: t("faults.clear"), on: { click: clear } });
  return panel("flask", t("faults.title"), el("p", { class: "column-hint", text: t("faults.hint") }),
    world.faults.length ? el("ul", { class: "tool-list" }, ...world.faults.map(faultLine)) : el("p", { class: "tool-none", text: t("faults.none") }),
    world.faults.length ? el("div", { class: "tool-row" }, button) : null,
    el("details", { class: "create", "data-name": "fault" }, el("summary", { class: "button-quiet", text: t("faults.add") }), form(fields(world), t("faults.start"), add)));
}

function fields(world) {
  const accounts = world.accounts.map(({ slug, name }) => [slug, name]);
  return [
    { name: "kind", label: t("faults.kind"), options: KINDS.map((kind) => [kind, t(`fault.${kind}`)]) },
    { name: "endpoint", label: t("faults.endpoint"), options: ENDPOINTS.map((name) => [name, name === "*" ? t("faults.all") : name]) },
    { name: "account", label: t("faults.account"), options: [["", t("faults.all")], ...accounts] },
    { name: "times", label: t("faults.times"), type: "number", min: "1", placeholder: "1" },
    { name: "percent", label: t("faults.percent"), type: "number", min: "0", max: "100" },
    { name: "seed", label: t("faults.seed"), type: "number", placeholder: "0" },
  ];
}

// A share of all calls has no end unless a number is given too.
function asFault({ percent, ...values }) {
  return percent === undefined ? values : { ...values, probability: percent / 100 };
}

function faultLine(fault) {
  const left = fault.times === null ? t("faults.endless", { percent: Math.round(fault.probability * 100) }) : t("faults.left", { times: fault.times });
  return el("li", { class: fault.times === 0 ? "tool-item tool-used" : "tool-item" },
    el("b", { text: t(`fault.${fault.kind}`) }),
    el("small", { text: `${fault.endpoint === "*" ? t("faults.all") : fault.endpoint} · ${fault.account ?? t("faults.all")} · ${left} · ${t("faults.struck", { struck: fault.struck })}` }));
}
