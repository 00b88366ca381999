// The day as lanes: each reservation stands where its time is. Without this module they are lists.

const HOUR = 60;

/** Put everything in its place; sizes are in minutes, and the style sheet says how long one is. */
export function layOut(book) {
  const board = book.querySelector(".board");
  if (!board) return;
  board.classList.add("laid");
  board.style.setProperty("--minutes", board.dataset.minutes);
  board.style.setProperty("--lanes", board.querySelectorAll(".lane").length);
  for (const node of board.querySelectorAll("[data-at]")) {
    node.style.setProperty("--at", node.dataset.at);
    if (node.dataset.minutes) node.style.setProperty("--long", node.dataset.minutes);
    if (node.dataset.before) node.style.setProperty("--before", node.dataset.before);
    if (node.dataset.after) node.style.setProperty("--after", node.dataset.after);
  }
  for (const lane of board.querySelectorAll(".lane")) sideBySide([...lane.querySelectorAll(".block")]);
  if (board.dataset.now) markNow(board);
}

/** Scroll to the hour that it is, or to the first reservation; in a week to its chosen day. */
export function nowInSight(book) {
  const board = book.querySelector(".board");
  if (!board) {
    const [week, chosen] = [book.querySelector(".week"), book.querySelector("[data-chosen]")];
    week.scrollLeft = chosen.offsetLeft - chosen.parentElement.firstElementChild.offsetWidth;
    return;
  }
  const all = [...board.querySelectorAll(".block")].map((block) => Number(block.dataset.at));
  const at = board.dataset.now ? Number(board.dataset.now) : Math.min(...all, Number(board.dataset.minutes));
  const room = board.querySelector(".lane-room");
  if (!room || (!board.dataset.now && !all.length)) return;
  board.scrollTop = (Math.max(at - HOUR, 0) / Number(board.dataset.minutes)) * room.offsetHeight;
}

/** What lies at the same time shares the width of its lane. */
function sideBySide(blocks) {
  let group = [];
  let until = -1;
  for (const block of blocks) {
    if (from(block) >= until) share(group);
    if (from(block) >= until) group = [];
    group.push(block);
    until = Math.max(until, end(block));
  }
  share(group);
}

function share(group) {
  const columns = [];
  for (const block of group) {
    const free = columns.findIndex((last) => end(last) <= from(block));
    const column = free < 0 ? columns.length : free;
    columns[column] = block;
    block.style.setProperty("--column", column);
  }
  for (const block of group) block.style.setProperty("--columns", columns.length);
}

function from({ dataset }) {
  return Number(dataset.at) - Number(dataset.before);
}

function end({ dataset }) {
  return Number(dataset.at) + Number(dataset.minutes) + Number(dataset.after);
}

function markNow(board) {
  const now = Number(board.dataset.now);
  if (now < 0 || now > Number(board.dataset.minutes)) return;
  for (const room of board.querySelectorAll(".lane-room")) {
    const line = document.createElement("span");
    line.className = "now";
    line.style.setProperty("--at", now);
    room.append(line);
  }
}
