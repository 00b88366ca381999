// One line of the inspector: a webhook delivery or an API call, with its bodies on demand.

import { redeliver } from "./api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { clockWithSeconds, moment } from "./time.js";
import { orToast, toast } from "./toast.js";
import { t } from "./words.js";

/**
 * @typedef {{id: string, kind: "webhook"|"api", at: number, method: string, path: string, what: string, account?: string,
 *   status: number|null, ms: number|null, problems: string[], facts: Object<string, string>, request: *, answer: *, eventIds: string[]}} Record
 */

/** @param {Object} call as in /control/calls @returns {Record} */
export function fromCall(call) {
  return {
    id: `call/${call.n}/${call.at}`, kind: "api", at: call.at, method: call.method, path: call.path, what: messageKinds(call.body),
    account: call.account, status: call.status ?? null, ms: call.ms ?? null, problems: callProblems(call),
    facts: { ...call.headers, "x-line-request-id": call.request_id },
    request: call.body, answer: call.answer, eventIds: [],
  };
}

function callProblems(call) {
  const refused = call.status >= 400 ? asList(call.answer?.message) : [];
  return [...(call.fault ? [`fault: ${call.fault}`] : []), ...refused, ...asList(call.problems)];
}

/** @param {Object} delivery as in /control/deliveries @returns {Record} */
export function fromDelivery(delivery) {
  const events = delivery.events || [];
  return {
    id: `delivery/${delivery.n}/${delivery.at}`, kind: "webhook", at: delivery.at, method: "POST", path: pathOf(delivery.url),
    what: events.map(eventKind).join(", "), account: delivery.account, status: delivery.status ?? null, ms: delivery.ms ?? null,
    problems: asList(delivery.error), facts: deliveryFacts(delivery), request: { events }, answer: undefined, eventIds: delivery.event_ids || [],
  };
}

function asList(problems) {
  return [problems ?? []].flat().map((one) => (one.message ? [one.property, one.message].filter(Boolean).join(": ") : String(one)));
}

function deliveryFacts(delivery) {
  return { url: delivery.url, try: delivery.try, isRedelivery: delivery.redelivery };
}

function pathOf(url) {
  return URL.canParse(url) ? new URL(url).pathname : url || "";
}

function eventKind(event) {
  return event.message?.type ? `${event.type} · ${event.message.type}` : event.type;
}

function messageKinds(body) {
  const kinds = Array.isArray(body?.messages) ? body.messages.map((message) => message?.type) : [];
  return kinds.join(", ");
}

/**
 * @param {Record} record
 * @returns {HTMLElement}
 */
export function drawRecord(record) {
  const details = el("details", {}, head(record));
  // Bodies are long and rarely read, so they are drawn when somebody opens the line.
  details.addEventListener("toggle", () => details.open && details.append(body(record)), { once: true });
  const pick = el("input", { class: "record-pick", type: "checkbox", value: record.id, "aria-label": t("export.pick", { what: `${record.path} ${record.what}` }) });
  return el("li", { class: `record record-${record.kind}`, "data-problem": isProblem(record) ? "yes" : "no" }, pick, details);
}

function isProblem(record) {
  return record.problems.length > 0 || !(record.status >= 200 && record.status < 400);
}

function head(record) {
  return el("summary", { class: "record-head" },
    el("span", { class: "record-icon", role: "img", "aria-label": t(`inspector.${record.kind}`) }, icon(record.kind === "api" ? "in" : "out", 16)),
    el("span", { class: "record-main" },
      el("span", { class: "record-path" }, el("b", { text: record.method }), ` ${record.path}`),
      el("span", { class: "record-what" }, el("time", { text: clockWithSeconds(moment(record.at)) }), record.what ? ` ${record.what}` : "")),
    el("span", { class: `record-status status-${statusClass(record.status)}`, text: record.status ?? t("inspector.no_answer") }),
    el("span", { class: "record-ms", text: record.ms === null ? "" : `${Math.round(record.ms)} ms` }));
}

function statusClass(status) {
  return status === null ? "none" : String(Math.floor(status / 100));
}

function body(record) {
  return el("div", { class: "record-body" },
    record.problems.length ? el("ul", { class: "record-problems" }, ...record.problems.map((text) => el("li", { text }))) : null,
    factList(record.facts),
    ...section(t("inspector.request"), record.request),
    ...section(t("inspector.answer"), record.answer),
    record.eventIds.length ? againButtons(record.eventIds) : null);
}

function factList(facts) {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== null);
  return el("dl", { class: "record-facts" }, ...known.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: String(value) })]));
}

function section(title, data) {
  if (data === undefined || data === null || data === "") return [];
  const text = typeof data === "string" ? data : JSON.stringify(data, null, 2);
  return [el("h3", { text: title }), el("pre", { class: "record-json", text, tabindex: "0", role: "region", "aria-label": title })];
}

function againButtons(eventIds) {
  return el("div", { class: "record-again" },
    againButton(t("inspector.again"), eventIds, false), againButton(t("inspector.duplicate"), eventIds, true));
}

function againButton(label, eventIds, duplicate) {
  const click = async () => {
    if (await orToast(redeliver(eventIds, duplicate))) toast(t("inspector.sent_again"));
  };
  return el("button", { class: "button-small", type: "button", on: { click } }, icon("again", 18), label);
}
