// A code while it is on the screen: renewed before it expires, watched for its use.

import { Problem } from "./problem.js";

const TICK_MS = 1000;
const AGAIN_MS = 3000;
// The connection or the server is away for a while; everything else is for the page to say.
const PASSING = new Set(["offline", "unavailable", "line_unavailable", "other", "internal_error"]);

/**
 * @typedef {{phase: "waiting"|"shown"|"lost"|"used", qr: ?{size: number, path: string},
 *   left: number, use: ?Object}} Code `left`: seconds until the next code
 * @typedef {{renew: function(): Promise<{qr: Object, shown_for: number, renew_in: number}>,
 *   look: function(): Promise<?Object>, needed: function(): boolean}} Calls `renew` asks for a code, `look` whether
 *   one was used; `needed` says whether the page still has a place for them
 */

/** Codes from now on, as long as the page is visible. */
export class ShownCode {
  /**
   * @param {Calls} calls
   * @param {function(Code): void} changed at least once a second
   * @param {function(Problem): void} refused there will be no more codes
   */
  constructor(calls, changed, refused) {
    Object.assign(this, { calls, changed, refused, renewing: false, asking: false, timer: 0 });
    this.over = new AbortController();
    const { signal } = this.over;
    document.addEventListener("visibilitychange", () => this.wakeOrSleep(), { signal });
    window.addEventListener("online", () => { this.renewAt = 0; }, { signal });
    this.again();
  }

  /** Show a new code, also after one was used. */
  again() {
    /** @type {Code} */
    this.code = { phase: "waiting", qr: null, left: 0, use: null };
    [this.renewAt, this.deadAt] = [0, 0];
    this.wakeOrSleep();
  }

  stop() {
    this.over.abort();
    clearInterval(this.timer);
  }

  wakeOrSleep() {
    clearInterval(this.timer);
    if (document.hidden) return;
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.tick();
  }

  tick() {
    if (!this.calls.needed()) {
      this.stop();
      return;
    }
    const { code } = this;
    const now = Date.now();
    if (code.phase !== "used") {
      if (now >= this.deadAt && code.phase === "shown") code.phase = "waiting";
      if (now >= this.renewAt) this.renew();
      else if (code.phase === "shown") this.look();
      code.left = Math.max(0, Math.ceil((this.renewAt - now) / 1000));
    }
    this.tell();
  }

  tell() {
    if (!this.over.signal.aborted) this.changed(this.code);
  }

  async renew() {
    if (this.renewing) return;
    this.renewing = true;
    try {
      const answer = await this.calls.renew();
      if (this.code.phase !== "used") this.take(answer);
    } catch (problem) {
      this.put(problem);
    } finally {
      this.renewing = false;
    }
  }

  take({ qr, shown_for: shown, renew_in: soon }) {
    Object.assign(this.code, { phase: "shown", qr, left: soon });
    [this.renewAt, this.deadAt] = [Date.now() + soon * 1000, Date.now() + shown * 1000];
    this.tell();
  }

  put(problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (this.over.signal.aborted) return;
    if (problem.status < 500 && !PASSING.has(problem.code) && problem.status !== 429) {
      this.stop();
      this.refused(problem);
      return;
    }
    this.renewAt = Date.now() + (problem.more.retry_after * 1000 || AGAIN_MS);
    if (Date.now() >= this.deadAt) this.code.phase = "lost";
    this.tell();
  }

  /** Ask whether a code of this page was used; where the answer fails to come, the next second asks again. */
  async look() {
    if (this.asking) return;
    this.asking = true;
    const use = await this.calls.look().catch(() => null);
    this.asking = false;
    if (!use || this.code.phase === "used") return;
    Object.assign(this.code, { phase: "used", qr: null, use });
    this.tell();
  }
}
