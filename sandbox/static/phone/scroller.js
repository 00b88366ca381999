// Keeps the newest message in sight while the reader is at the bottom; else offers a way down.

import { soon } from "./dom.js";

const NEAR_PX = 60;

/**
 * @param {HTMLElement} box the element that scrolls
 * @param {HTMLElement} content what grows inside it
 * @param {HTMLButtonElement} pill 「新着メッセージ」
 * @param {{atEnd: function(): boolean, toEnd: function(): Promise<void>}} list whether the newest message is drawn, and how to draw it
 */
export function createScroller(box, content, pill, list) {
  let following = true;
  // Between a new row and the scrolling to it, a late scroll event would look like the reader's.
  let settling = false;

  const atBottom = () => list.atEnd() && box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
  const toBottom = (behavior = "auto") => box.scrollTo({ top: box.scrollHeight, behavior });
  const keepUp = soon(() => {
    settling = false;
    toBottom();
  });
  const follow = async (behavior) => {
    following = true;
    pill.hidden = true;
    if (!list.atEnd()) await list.toEnd();
    toBottom(behavior);
  };

  box.addEventListener("scroll", () => {
    if (settling) return;
    following = atBottom();
    if (following) pill.hidden = true;
  }, { passive: true });
  pill.addEventListener("click", () => {
    follow(calm() || !list.atEnd() ? "auto" : "smooth");
    box.focus({ preventScroll: true });
  });
  // Pictures that load late and a keyboard that opens change the heights.
  const observer = new ResizeObserver(() => following && toBottom());
  observer.observe(content);
  observer.observe(box);

  return {
    /** Whether the reader is at the bottom. */
    get following() {
      return following;
    },
    /** A talk was opened. */
    jump() {
      following = true;
      pill.hidden = true;
      toBottom();
    },
    /** Something was added; `own` when the reader said it. @param {boolean} own */
    added(own) {
      if (own && !following) follow("auto");
      else if (following) {
        settling = true;
        keepUp();
      } else pill.hidden = false;
    },
  };
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
