// The fields of a member's own data, as somebody joins and as a member changes them.

import { el } from "./dom.js";
import { field } from "./forms.js";
import { fillsIn } from "./postcode.js";
import { language, t } from "./words.js";

// What the server keeps (app/domain/members/rules.py), in the order of JIS X 0401.
const PREFECTURES = "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県".split(" ");

/**
 * @param {Object} known what the fields hold now, by name
 * @param {{code: string, name: string}[]} stores
 * @returns {HTMLElement[]}
 */
export function memberFields(known, stores) {
  const of = (name, more = {}) => field({ name, label: t(`form.${name}`), value: known[name] || "", optional: !more.required, ...more });
  return [
    group("basics",
      of("name", { required: true, autocomplete: "name", hint: t("form.name_hint"), maxlength: 100 }),
      of("kana", { hint: t("form.kana_hint"), maxlength: 100 }),
      of("birthday", { type: "date", autocomplete: "bday", min: "1900-01-01", max: today() }),
      of("gender", { options: genders() }),
      stores.length > 0 && of("store", { options: [["", t("form.none")], ...stores.map(({ code, name }) => [code, name])] })),
    group("contact",
      of("email", { type: "email", inputmode: "email", autocomplete: "email", hint: t("form.email_hint"), maxlength: 254 }),
      of("phone", { type: "tel", inputmode: "tel", autocomplete: "tel", hint: t("form.phone_hint"), maxlength: 30 })),
    address(of),
  ];
}

/**
 * What is wrong, as forms.js shows it, from the server's 422.
 * @param {Problem} problem
 */
export function problemsOf({ more }) {
  return (more.problems || []).map((one) => ({ field: one.field, text: one[language] || one.ja }));
}

function group(name, ...fields) {
  return el("fieldset", {}, el("legend", { text: t(`form.${name}`) }), ...fields);
}

function genders() {
  return [["", t("form.gender_none")], ...["female", "male", "other"].map((key) => [key, t(`form.gender_${key}`)])];
}

function prefectures() {
  const shown = t("form.prefectures").split(",");
  const named = PREFECTURES.map((name, number) => [name, shown[number] ? `${shown[number]} ${name}` : name]);
  return [["", t("form.none")], ...named];
}

function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function address(of) {
  const postcode = of("postal_code", { inputmode: "numeric", autocomplete: "postal-code", hint: t("form.postal_code_hint"), maxlength: 10 });
  const node = group("address", postcode,
    of("prefecture", { options: prefectures(), autocomplete: "address-level1" }),
    of("city", { autocomplete: "address-level2", maxlength: 100 }),
    of("street", { autocomplete: "address-line1", maxlength: 200 }));
  fillsIn(postcode, (found) => {
    for (const name of ["prefecture", "city", "street"]) node.querySelector(`[name=${name}]`).value = found[name] || "";
    return t("form.postal_code_found");
  });
  return node;
}
