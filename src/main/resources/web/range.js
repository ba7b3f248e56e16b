// Which of the loaded messages are on the page. Pure. Promises: never more than MOST; each step brings in or moves by STEP rows, which
// is what fits into a frame of a slow phone. The end is named by its seq, since what is loaded grows at both ends.

const FIRST = 40;
const MOST = 160;
const STEP = 20;

export class Range {
  /** The seq of the last message on the page; null: whatever is the last one loaded, now and later. */
  #end = null;
  #count = FIRST;

  /** The indexes [from, to) of these messages, which are in the order of their seq. */
  of(messages) {
    const to = this.#end === null ? messages.length : behind(messages, this.#end);
    return { from: Math.max(0, to - this.#count), to };
  }

  /** Follows the end from now on. */
  toEnd() {
    if (this.#end === null) return;
    this.#end = null;
    this.#count = FIRST;
  }

  /** A step up: first more rows, then others. */
  older(messages) {
    const { from, to } = this.of(messages);
    if (from === 0) return;
    if (this.#count < MOST) this.#count += STEP;
    else this.#end = messages[Math.max(this.#count, to - STEP) - 1].seq;
  }

  /** A step down. follow: behind the last of these there is nothing. */
  newer(messages, follow) { this.#endAt(messages, this.of(messages).to + STEP, follow); }

  /** The rows around the message with this index. */
  around(messages, index, follow) {
    this.#count = FIRST;
    this.#endAt(messages, index + FIRST / 2, follow);
  }

  #endAt(messages, wanted, follow) {
    const to = Math.min(messages.length, wanted);
    this.#end = to === messages.length && follow ? null : messages[to - 1].seq;
  }
}

/** The index of the first message with a higher seq. */
function behind(messages, seq) {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle].seq <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
