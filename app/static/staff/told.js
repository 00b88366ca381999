// What the server has told this page in its <meta> tags.

/**
 * @param {string} name
 * @returns {string}
 */
export function told(name) {
  return document.querySelector(`meta[name="${name}"]`).content;
}

/** The language of the page, for numbers and dates. */
export function language() {
  return document.documentElement.lang;
}
