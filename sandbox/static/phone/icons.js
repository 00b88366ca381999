// Line icons drawn for this page: 24 x 24, one stroke width, the colour of the text around them.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  back: ["M15 5l-7 7 7 7"],
  menu: ["M5 7h14", "M5 12h14", "M5 17h14"],
  more: ["M6 12h.01M12 12h.01M18 12h.01"],
  plus: ["M12 5v14", "M5 12h14"],
  send: ["M5 12h13", "M12 5l7 7-7 7"],
  smile: ["M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18", "M9 10h.01", "M15 10h.01", "M8.5 14.5c2 2.3 5 2.3 7 0"],
  pin: ["M12 21c4-4.6 6.5-7.6 6.5-11a6.5 6.5 0 1 0-13 0c0 3.4 2.5 6.4 6.5 11", "M12 7.500a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5"],
  photo: ["M6 5h12a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2", "M4.5 16l4.5-4 4 3.5 3-2.5 3.5 3", "M15 9h.01"],
  people: ["M9 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6", "M3.5 19c0-3.3 2.3-5 5.5-5s5.5 1.7 5.5 5", "M16 5.500a2.7 2.7 0 0 1 0 5", "M17.5 14.500c2 .6 3 2.2 3 4.5"],
  traffic: ["M8 4v15", "M4.5 15.500L8 19l3.5-3.5", "M16 20V5", "M12.5 8.500L16 5l3.5 3.5"],
  down: ["M6 9l6 6 6-6"],
  up: ["M6 15l6-6 6 6"],
  grid: ["M5 5h5v5H5z", "M14 5h5v5h-5z", "M5 14h5v5H5z", "M14 14h5v5h-5z"],
  keyboard: ["M5 6h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2", "M7 10h.01", "M12 10h.01", "M17 10h.01", "M8 14h8"],
  quote: ["M9 7L5 11l4 4", "M5 11h9a5 5 0 0 1 5 5v1"],
  tools: ["M4 8h9", "M17 8h3", "M15 6v4", "M4 16h3", "M11 16h9", "M9 14v4"],
  flask: ["M10 4h4", "M11 4v6l-5 8a1.5 1.5 0 0 0 1.300 2h9.400a1.500 1.500 0 0 0 1.300-2l-5-8V4", "M8.500 15h7"],
  code: ["M9 8l-4 4 4 4", "M15 8l4 4-4 4"],
  save: ["M12 4v11", "M7.500 11l4.500 4.500 4.500-4.500", "M5 20h14"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  mail: ["M5 6h14a1.5 1.5 0 0 1 1.500 1.500v9A1.5 1.5 0 0 1 19 18H5a1.5 1.5 0 0 1-1.500-1.500v-9A1.5 1.5 0 0 1 5 6", "M4 7.500l8 6 8-6"],
  out: ["M7 17L17 7", "M9 7h8v8"],
  in: ["M17 7L7 17", "M15 17H7V9"],
  file: ["M7 3h7l4 4v14H7z", "M14 3v4h4"],
  ticket: ["M4 7h16v3.500a1.5 1.5 0 0 0 0 3V17H4v-3.500a1.5 1.5 0 0 0 0-3z", "M14 8.500v1", "M14 11.500v1", "M14 14.500v1"],
  shapes: ["M5 5h6v6H5z", "M16 5l3.5 6h-7z", "M8 14a3 3 0 1 0 0 6a3 3 0 1 0 0-6", "M14 14h6v6h-6z"],
  add: ["M10 5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7", "M4 20c0-3.5 2.5-5 6-5 1.3 0 2.5.2 3.5.7", "M18 14v6", "M15 17h6"],
  block: ["M12 3.500a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17", "M6 6l12 12"],
  copy: ["M9 9h10v11H9z", "M15 9V4H5v11h4"],
  undo: ["M9 7L4.5 11.5 9 16", "M5 11.500h9a5 5 0 0 1 0 10"],
  again: ["M19 6v4.500h-4.5", "M18.5 10.500a7 7 0 1 0 .3 4"],
  globe: ["M12 3.500a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17", "M3.5 12h17", "M12 3.500c3 2.5 3 14.5 0 17", "M12 3.500c-3 2.5-3 14.5 0 17"],
  film: ["M5 6h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2", "M15 11l6-3.500v9L15 13"],
  mic: ["M12 3.500a3 3 0 0 1 3 3V11a3 3 0 0 1-6 0V6.500a3 3 0 0 1 3-3", "M6 11a6 6 0 0 0 12 0", "M12 17v3.500"],
  bolt: ["M13 3L6 13h5l-1 8 7-10h-5z"],
  edit: ["M5 19l1-4L15.500 5.500l3 3L9 18z", "M13.500 7.500l3 3"],
  shop: ["M5 10v9h14v-9", "M4 10l1.500-5h13L20 10a2.700 2.700 0 0 1-5.300 0a2.700 2.700 0 0 1-5.400 0a2.700 2.700 0 0 1-5.300 0", "M10 19v-5h4v5"],
  play: ["M8 5l11 7-11 7z"],
  pause: ["M9 5.500v13", "M15 5.500v13"],
  wave: ["M4 10v4", "M8 7v10", "M12 4v16", "M16 8v8", "M20 10v4"],
};

/**
 * An icon as an SVG element, hidden from screen readers: the control around it carries the name.
 * @param {keyof PATHS} name
 * @param {number} [size] in px
 * @returns {SVGSVGElement}
 */
export function icon(name, size = 24) {
  const svg = svgNode("svg", {
    viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor",
    "stroke-width": 1.9, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true",
  });
  svg.classList.add("icon");
  for (const d of PATHS[name]) svg.append(svgNode("path", { d }));
  return svg;
}

/**
 * @param {string} tag
 * @param {Object<string, string|number>} [attributes]
 * @returns {SVGElement}
 */
export function svgNode(tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}
