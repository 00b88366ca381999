// The words of this page, which its server wrote beside it (templates/staff/scan.html).

const words = JSON.parse(document.getElementById("words").textContent);

/**
 * The words for a key, with its {placeholders} filled.
 * @param {string} key
 * @param {Object<string, string|number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * Whether there are words for a key.
 * @param {string} key
 */
export function known(key) {
  return key in words;
}
