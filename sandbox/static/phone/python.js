// Values and calls as Python source, in the lines `ruff format` would make of them: at most 100 columns, in which a
// Japanese letter takes two.

const WIDEST = 100;
const STEP = 4;

// What is written as it is: letters of Europe and Japan, and common signs. Of anything else it is not sure how wide
// ruff takes it to be, so it is written as an escape.
const NARROW = letters([
  " -~", "\u00a1-\u00ac", "\u00ae-\u024f", "\u0391-\u03a9", "\u03b1-\u03c9", "\u0410-\u044f", "\u2010-\u2027", "\u2030-\u205e", "\u20ac",
  "\u2103", "\u2116", "\u2160-\u217f", "\u2190-\u2193", "\u2212", "\u2460-\u2473", "\u25a0-\u25fc", "\u2605\u2606", "\u266a", "\uff61-\uff9d",
]);
const WIDE = letters([
  "\u3000-\u3029", "\u3030-\u303d", "\u3041-\u3096", "\u309b-\u30ff", "\u3220-\u3247", "\u3250-\u4dbf", "\u4e00-\u9fff", "\uac00-\ud7a3",
  "\uf900-\ufa6d", "\uff01-\uff60", "\uffe0-\uffe6", "\u{20000}-\u{2fffd}",
]);
// Without the letters that flags are made of: how wide they are depends on who counts.
const PICTURE = /(?![\u{1f1e6}-\u{1f1ff}])\p{Emoji_Presentation}/u;
const SHORT = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

function letters(ranges) {
  return new RegExp(`[${ranges.join("")}]`, "u");
}

/** @typedef {{name?: string, value: *}} Arg an argument, by its place or by its name: JSON, or source as it is */

/** Source that is written as it is. */
export class Source {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

// Several values between brackets.
class Group {
  constructor(open, items, close) {
    Object.assign(this, { open, items, close });
  }
}

/**
 * A call as a statement.
 * @param {string} head e.g. "hanako.types"
 * @param {...Arg} args
 * @returns {string[]} lines of a function's body
 */
export function call(head, ...args) {
  const items = args.map(({ name, value }) => ({ lead: name ? `${name}=` : "", value }));
  return print(new Group(`${head}(`, items, ")"), STEP, "", "");
}

/**
 * A value after some words, e.g. after "assert screen == ".
 * @param {string} lead
 * @param {*} value
 * @returns {string[]} lines of a function's body
 */
export function statement(lead, value) {
  return print(groupOf(value), STEP, lead, "");
}

function groupOf(value) {
  if (Array.isArray(value)) return new Group("[", value.map((item) => ({ lead: "", value: item })), "]");
  if (value === null || typeof value !== "object" || value instanceof Source || value instanceof Group) return value;
  return new Group("{", Object.entries(value).map(([key, item]) => ({ lead: `${quoted(key)}: `, value: item })), "}");
}

function flat(value) {
  const group = groupOf(value);
  if (group instanceof Group) return group.open + group.items.map((item) => item.lead + flat(item.value)).join(", ") + group.close;
  if (group instanceof Source) return group.text;
  if (typeof group === "string") return quoted(group);
  return group === null ? "None" : { true: "True", false: "False" }[group] || String(group);
}

// On one line where it fits, else one item a line, and a text in pieces.
function print(value, indent, lead, tail, bare = false) {
  const pad = " ".repeat(indent);
  const line = pad + lead + flat(value) + tail;
  if (widthOf(line) <= WIDEST) return [line];
  if (typeof value === "string") return bare ? inPieces(value, indent, tail) : [`${pad}${lead}(`, ...inPieces(value, indent + STEP, ""), `${pad})${tail}`];
  const group = groupOf(value);
  if (!(group instanceof Group)) return [line];
  // The only argument of a call needs no brackets of its own.
  const alone = group.close === ")" && group.items.length === 1;
  return [pad + lead + group.open, ...group.items.flatMap((item) => print(item.value, indent + STEP, item.lead, ",", alone)), pad + group.close + tail];
}

// Python joins texts that follow each other; ruff does too where there is room.
function inPieces(text, indent, tail) {
  const whole = " ".repeat(indent) + quoted(text) + tail;
  if (widthOf(whole) <= WIDEST) return [whole];
  const room = WIDEST - indent - 2 - tail.length;
  const pieces = [""];
  let width = 0;
  for (const letter of text) {
    const more = widthOf(escaped(letter, letter));
    if (width + more > room || (pieces.at(-1).endsWith("\n") && letter !== "\n")) {
      pieces.push("");
      width = 0;
    }
    pieces[pieces.length - 1] += letter;
    width += more;
  }
  const lines = pieces.map((piece) => " ".repeat(indent) + quoted(piece));
  return [...lines.slice(0, -1), lines.at(-1) + tail];
}

// In the quotes that need fewer escapes.
function quoted(text) {
  const count = (sign) => text.split(sign).length;
  const quote = count('"') > count("'") ? "'" : '"';
  return quote + [...text].map((letter) => escaped(letter, quote)).join("") + quote;
}

function escaped(letter, quote) {
  if (Object.hasOwn(SHORT, letter)) return SHORT[letter];
  if (letter === quote && (quote === '"' || quote === "'")) return `\\${letter}`;
  if (NARROW.test(letter) || isWide(letter)) return letter;
  const code = letter.codePointAt(0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
}

function widthOf(text) {
  return [...text].reduce((sum, letter) => sum + (isWide(letter) ? 2 : 1), 0);
}

function isWide(letter) {
  return WIDE.test(letter) || PICTURE.test(letter);
}
