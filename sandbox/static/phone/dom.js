// Making DOM nodes without HTML strings, so that no message text can ever become markup.

/**
 * Make an element.
 * @param {string} tag
 * @param {Object<string, *>} [props] `class`, `text`, `on` ({event: listener}) or any attribute;
 *   `true` sets an empty attribute, `false`, `null` and `undefined` leave it out.
 * @param {...(Node|string|null|undefined)} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function setProp(node, name, value) {
  if (value === false || value === null || value === undefined) return;
  if (name === "class") node.className = value;
  else if (name === "text") node.textContent = value;
  else if (name === "on") addListeners(node, value);
  else node.setAttribute(name, value === true ? "" : String(value));
}

function addListeners(node, listeners) {
  for (const [event, listener] of Object.entries(listeners)) node.addEventListener(event, listener);
}

/**
 * The element with this id; the page's own skeleton always has it.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * Text for screen readers only.
 * @param {string} text
 */
export function hiddenText(text) {
  return el("span", { class: "visually-hidden", text });
}

/**
 * When the picture cannot be loaded, put a quiet striped field of the same size in its place, with its words.
 * @param {HTMLImageElement} picture
 * @returns {HTMLImageElement}
 */
export function withStandIn(picture) {
  picture.addEventListener("error", () => {
    const field = el("div", { class: `${picture.className} missing-picture`, text: picture.alt });
    field.style.cssText = picture.style.cssText;
    picture.replaceWith(field);
  });
  return picture;
}

const SAFE_IMAGE = /^(https?:\/\/|data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]|\/(?!\/))/i;
const SAFE_MEDIA = /^(https?:\/\/|\/(?!\/))/i;

/**
 * The address if it may be shown as a picture, else an empty string.
 * @param {unknown} url
 */
export function imageUrl(url) {
  return typeof url === "string" && SAFE_IMAGE.test(url) ? url : "";
}

/**
 * The address if it may be played or opened, else an empty string.
 * @param {unknown} url
 */
export function mediaUrl(url) {
  return typeof url === "string" && SAFE_MEDIA.test(url) ? url : "";
}

/**
 * The same work, done once before the next picture of the screen however often it is asked for.
 * @param {function(): void} work
 * @returns {function(): void}
 */
export function soon(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}
