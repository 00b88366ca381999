// What the server has told this page in its <meta> tags, and where other pages are.

/**
 * One of the <meta> tags that every shell has (app/templates/liff/page.html).
 * @param {string} name
 * @returns {string}
 */
export function told(name) {
  return document.querySelector(`meta[name="${name}"]`).content;
}

/**
 * The address of one of our pages, of the same account.
 * @param {string} path such as "/liff/profile"
 * @param {Object<string, string>} [query]
 */
export function addressOf(path, query = {}) {
  return `${path}?${new URLSearchParams({ account: told("account"), ...query })}`;
}
