/** Why something cannot be done: a problem document (RFC 9457) of the server, or one of our own codes. */
export class Problem extends Error {
  /**
   * @param {string} code the last part of `type`; of our own: "offline", "set_up", "line_unavailable"
   * @param {{status?: number, title?: string, detail?: string}} [more] with all other members of the document
   */
  constructor(code, more = {}) {
    super(more.title || code);
    this.code = code;
    this.status = more.status || 0;
    this.more = more;
  }
}
