// The style values of Flex Messages, turned into safe CSS. Whatever is not on the lists below is left out,
// so a message can never smuggle in a style. Sizes in px as the Messaging API reference names them.

const TEXT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const SPACE = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const IMAGE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const BUBBLE = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };

const SMALLEST_PX = 6;

const LENGTH = /^-?\d+(\.\d+)?(px|%)$/;
const COLOUR = /^#([0-9a-f]{6}|[0-9a-f]{8})$/i;
const ANGLE = /^\d+(\.\d+)?deg$/;

const ALIGN = { start: "start", center: "center", end: "end" };
const GRAVITY = { top: "flex-start", center: "center", bottom: "flex-end" };
const SPREAD = {
  "flex-start": "flex-start", center: "center", "flex-end": "flex-end",
  "space-between": "space-between", "space-around": "space-around", "space-evenly": "space-evenly",
};
const DECORATION = { underline: "underline", "line-through": "line-through" };

function length(value, names = {}) {
  if (value === undefined || value === null) return "";
  if (Object.hasOwn(names, value)) return `${names[value]}px`;
  return LENGTH.test(value) ? value : "";
}

// LINE: what is "scaling" follows the size of letters that the reader has chosen; a browser's is the rem.
function fontLength(value, scaling) {
  const size = length(value ?? (scaling ? "md" : undefined), TEXT);
  return scaling && size.endsWith("px") ? `${Number.parseFloat(size) / 16}rem` : size;
}

/** @param {unknown} value e.g. "#06C755" or "#06C75580" */
export function colour(value) {
  return typeof value === "string" && COLOUR.test(value) ? value : "";
}

/** A margin, padding or spacing: "md", "12px", "5%". @param {unknown} value */
export function space(value) {
  return length(value, SPACE);
}

/** The width of a bubble. @param {string} [size] */
export function bubbleWidth(size = "mega") {
  return `${BUBBLE[size] ?? BUBBLE.mega}px`;
}

/** The width of an image. @param {string} [size] */
export function imageWidth(size = "md") {
  return size === "full" ? "100%" : length(size, IMAGE) || `${IMAGE.md}px`;
}

/**
 * The height of an icon.
 * @param {string} [size]
 * @param {boolean} [scaling]
 */
export function iconHeight(size = "md", scaling = false) {
  return fontLength(size, scaling) || `${TEXT.md}px`;
}

/**
 * Make the letters smaller until the words fit on one line, as "adjustMode" asks.
 * @param {HTMLElement} node
 */
export function shrinkToFit(node) {
  node.style.whiteSpace = "nowrap";
  new ResizeObserver((_, observer) => {
    if (!node.clientWidth) return;
    observer.disconnect();
    const size = Number.parseFloat(getComputedStyle(node).fontSize);
    const share = node.clientWidth / node.scrollWidth;
    if (share < 1) node.style.fontSize = `${Math.max(SMALLEST_PX, Math.floor(size * share * 10) / 10)}px`;
  }).observe(node);
}

/** "20:13" as a CSS ratio. @param {string} [ratio] */
export function aspectRatio(ratio = "1:1") {
  const [width, height] = ratio.split(":").map(Number);
  return width > 0 && height > 0 ? `${width} / ${height}` : "1 / 1";
}

/** Where an aligned thing stands. @param {string} [align] */
export function justify(align) {
  return { start: "flex-start", end: "flex-end" }[align] || "center";
}

/**
 * Fonts of a text or span.
 * @param {HTMLElement} node
 * @param {Object} text the Flex component
 */
export function applyFont(node, text) {
  const style = node.style;
  style.fontSize = fontLength(text.size, text.scaling);
  style.color = colour(text.color);
  if (text.weight) style.fontWeight = text.weight === "bold" ? "700" : "400";
  if (text.style === "italic") style.fontStyle = "italic";
  style.textDecoration = DECORATION[text.decoration] || "";
}

/**
 * What only a whole text has: alignment and line height.
 * @param {HTMLElement} node
 * @param {Object} text
 */
export function applyTextBlock(node, text) {
  node.style.textAlign = ALIGN[text.align] || "";
  const gap = length(text.lineSpacing);
  if (gap) node.style.lineHeight = `calc(1.25em + ${gap})`;
  if (text.maxLines > 0) {
    node.classList.add("fx-clamp");
    node.style.webkitLineClamp = String(Number(text.maxLines));
  }
}

/**
 * Size, border, colours and padding of a box.
 * @param {HTMLElement} node
 * @param {Object} box
 */
export function applyBox(node, box) {
  const style = node.style;
  for (const name of ["width", "height", "maxWidth", "maxHeight"]) style[name] = length(box[name]);
  style.backgroundColor = colour(box.backgroundColor);
  style.backgroundImage = gradient(box.background);
  style.borderRadius = space(box.cornerRadius);
  style.justifyContent = SPREAD[box.justifyContent] || "";
  style.alignItems = SPREAD[box.alignItems] || "";
  if (box.borderWidth || box.borderColor) {
    style.border = `${length(box.borderWidth ?? "normal", BORDER) || "1px"} solid ${colour(box.borderColor) || "#d4d6da"}`;
  }
  applyPadding(style, box);
}

function applyPadding(style, box) {
  const sides = { paddingTop: "paddingTop", paddingBottom: "paddingBottom", paddingStart: "paddingInlineStart", paddingEnd: "paddingInlineEnd" };
  if (box.paddingAll !== undefined) style.padding = space(box.paddingAll);
  for (const [name, css] of Object.entries(sides)) if (box[name] !== undefined) style[css] = space(box[name]);
}

function gradient(background) {
  if (background?.type !== "linearGradient" || !ANGLE.test(background.angle || "")) return "";
  const [start, centre, end] = [background.startColor, background.centerColor, background.endColor].map(colour);
  if (!start || !end) return "";
  const middle = centre ? `${centre} ${length(background.centerPosition) || "50%"}, ` : "";
  return `linear-gradient(${background.angle}, ${start}, ${middle}${end})`;
}

/**
 * How a component stands in its box: its share, its distance to the one before, offsets.
 * A component's own margin takes the place of the box's spacing.
 * @param {HTMLElement} node
 * @param {Object} component
 * @param {Object} box
 * @param {boolean} first
 */
export function place(node, component, box, first) {
  const style = node.style;
  const vertical = box.layout === "vertical";
  style.flex = share(component, vertical);
  const distance = space(component.margin ?? (first ? undefined : box.spacing));
  if (distance) style[vertical ? "marginTop" : "marginInlineStart"] = distance;
  if (!vertical && component.gravity) style.alignSelf = GRAVITY[component.gravity] || "";
  applyOffsets(style, component);
}

function share(component, vertical) {
  const fixed = vertical || ["icon", "separator", "spacer"].includes(component.type);
  const flex = Number(component.flex ?? (component.type === "filler" ? 1 : fixed ? 0 : 1));
  if (!(flex > 0)) return "0 0 auto";
  return vertical ? `${flex} 0 auto` : `${flex} 1 0`;
}

function applyOffsets(style, component) {
  const sides = { offsetTop: "top", offsetBottom: "bottom", offsetStart: "insetInlineStart", offsetEnd: "insetInlineEnd" };
  if (component.position === "absolute") style.position = "absolute";
  for (const [name, css] of Object.entries(sides)) {
    if (component[name] === undefined) continue;
    style[css] = space(component[name]);
    if (component.position !== "absolute") style.position = "relative";
  }
}
