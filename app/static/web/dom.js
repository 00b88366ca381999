// Making DOM nodes without HTML strings, so that nothing anybody wrote can become markup.

const SVG = "http://www.w3.org/2000/svg";

// Line icons drawn for these pages: 24 x 24, one stroke width, the colour of the text around them.
const PATHS = {
  back: ["M15 5l-7 7 7 7"],
  next: ["M9 5l7 7-7 7"],
  check: ["M5 12.500l4.500 4.500L19 7.500"],
  card: ["M5 5.500h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2", "M3 10h18", "M7 15h4"],
  person: ["M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8", "M4.500 20.500c0-4 3-6 7.500-6s7.500 2 7.500 6"],
  coins: ["M12 4c4.400 0 7.500 1.300 7.500 3s-3.100 3-7.500 3-7.500-1.300-7.500-3S7.600 4 12 4", "M4.500 7v5c0 1.700 3.100 3 7.500 3s7.500-1.300 7.500-3V7", "M4.500 12v5c0 1.700 3.100 3 7.500 3s7.500-1.300 7.500-3v-5"],
  spark: ["M12 3.500l2 6.500 6.500 2-6.500 2-2 6.500-2-6.500-6.500-2 6.500-2z"],
  link: ["M10 14a4 4 0 0 0 6 .500l3-3a4 4 0 0 0-5.500-5.500l-1.500 1.500", "M14 10a4 4 0 0 0-6-.500l-3 3a4 4 0 0 0 5.500 5.500l1.500-1.500"],
  cloud: ["M7 18.500h10a4 4 0 0 0 .600-7.950a6 6 0 0 0-11.400 1A3.600 3.600 0 0 0 7 18.500", "M10 12.500l4 3.500", "M14 12.500l-4 3.500"],
  clock: ["M12 3.500a8.500 8.500 0 1 0 0 17a8.500 8.500 0 1 0 0-17", "M12 7.500V12l3 2"],
  calendar: ["M6.500 5.500h11a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-10a2 2 0 0 1 2-2", "M4.500 10h15", "M8.500 3.500v3.500", "M15.500 3.500v3.500"],
  lock: ["M6.500 11h11a1.500 1.500 0 0 1 1.500 1.500V19a1.500 1.500 0 0 1-1.500 1.500h-11A1.500 1.500 0 0 1 5 19v-6.500A1.500 1.500 0 0 1 6.500 11", "M8 11V8a4 4 0 0 1 8 0v3"],
  crown: ["M4 8.500l4 3.500 4-6.500 4 6.500 4-3.500-1.500 9.500h-13z"],
  sun: ["M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8", "M12 2.500v2", "M12 19.500v2", "M4.500 12h-2", "M21.500 12h-2", "M6.700 6.700L5.300 5.300", "M18.700 18.700l-1.400-1.400", "M6.700 17.300l-1.400 1.400", "M18.700 5.300l-1.400 1.400"],
  ticket: ["M4 6.500h16a1 1 0 0 1 1 1v2.500a2 2 0 0 0 0 4v2.500a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V14a2 2 0 0 0 0-4V7.500a1 1 0 0 1 1-1", "M14.500 6.500v2", "M14.500 11v2", "M14.500 15.500v2"],
  camera: ["M5 7.500h2.500l1.500-2.500h6l1.500 2.500H19a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2", "M12 10a3.300 3.300 0 1 0 0 6.600a3.300 3.300 0 1 0 0-6.600"],
  gift: ["M4 9.500h16v3H4z", "M5.500 12.500v7h13v-7", "M12 9.500v10", "M12 9.500c-5 0-5.500-5-2.500-5c2 0 2.500 3 2.500 5c0-2 .500-5 2.500-5c3 0 2.500 5-2.500 5"],
  bag: ["M6 8.500h12l1 11.500H5z", "M9 11V7.500a3 3 0 0 1 6 0V11"],
  store: ["M3.500 9.500l1.500-5h14l1.500 5z", "M5 9.500v10h14v-10", "M10 19.500v-5h4v5"],
  note: ["M12 3.500a8.500 8.500 0 1 0 0 17a8.500 8.500 0 1 0 0-17", "M12 7.500v5.500", "M12 16.500h.010"],
};

/**
 * Make an element.
 * @param {string} tag
 * @param {Object<string, *>} [props] `class`, `text`, `on` ({event: listener}) or any attribute;
 *   `true` sets an empty attribute, `false`, `null` and `undefined` leave it out.
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setProp(node, name, value) {
  if (value === false || value === null || value === undefined) return;
  if (name === "class") node.className = value;
  else if (name === "text") node.textContent = value;
  else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  else node.setAttribute(name, value === true ? "" : String(value));
}

/**
 * An icon, hidden from screen readers: the words beside it carry the meaning.
 * @param {keyof PATHS} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = svgNode("svg", {
    viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 1.9,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", class: "icon",
  });
  for (const d of PATHS[name]) svg.append(svgNode("path", { d }));
  return svg;
}

/**
 * Make an element of a drawing.
 * @param {string} tag
 * @param {Object<string, string|number>} attributes
 * @returns {SVGElement}
 */
export function svgNode(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}
