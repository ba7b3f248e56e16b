// One conversation's changes: takes them as they come and passes each on once, in the order of changeSeq. What comes beyond a
// hole is held; a hole that stays is repaired (repair.js). Pure: no socket, no clock.

const MOST_HELD = 2_000;

export class ChangeStream {
  #me;
  #sink;
  #cursor = null;
  #wanted = 0;
  #held = new Map();
  #left = false;

  /** sink(change): called once a change, in order. */
  constructor(id, me, sink) {
    this.id = id;
    this.#me = me;
    this.#sink = sink;
  }

  /** The highest changeSeq passed on; null where nothing is known yet. */
  get cursor() { return this.#cursor; }

  get gap() { return !this.#left && this.#cursor !== null && this.#wanted > this.#cursor; }

  /** Where the app already stands, e.g. what its page of the inbox says. Only where nothing is known yet. */
  startAt(changeSeq) {
    if (this.#cursor !== null) return;
    this.#cursor = changeSeq;
    this.#drain();
  }

  /** A change from a frame, an ack or a page. The first one of an unknown conversation is where its numbers begin. */
  offer(change) {
    const { changeSeq } = change;
    this.#cursor ??= changeSeq - 1;
    // Who comes back is told of nothing that passed in between.
    if (this.#left && changeSeq > this.#cursor && this.#isJoin(change)) this.#cursor = changeSeq - 1;
    if (changeSeq <= this.#cursor) return;
    if (this.#held.size < MOST_HELD) this.#held.set(changeSeq, change);
    this.want(changeSeq);
    this.#drain();
  }

  /** The conversation is known to go on to this number. */
  want(changeSeq) { this.#wanted = Math.max(this.#wanted, changeSeq); }

  /** An answer to `sync` after the cursor: all that this user may see. A number that it leaves out is hidden from the user. */
  page(items) {
    for (const change of items) {
      if (change.changeSeq <= this.#cursor) continue;
      this.#cursor = change.changeSeq - 1;
      this.#pass(change);
    }
    this.#drain();
  }

  /** The server streams no further back: on from the head. */
  reset(headChangeSeq) {
    if (this.#cursor !== null && headChangeSeq <= this.#cursor) return false;
    this.#cursor = headChangeSeq;
    this.#left = false;  // whether the user is in it says the conversation itself
    this.#drain();
    return true;
  }

  /** After answers that never closed the gap, or a refusal: goes on behind it. */
  giveUp() {
    const next = Math.min(...this.#held.keys());
    this.#cursor = Math.max(this.#cursor, Number.isFinite(next) ? next - 1 : this.#wanted);
    this.#drain();
  }

  #drain() {
    this.#forgetPassed();
    for (let next = this.#next(); next; next = this.#next()) this.#pass(next);
  }

  #next() {
    const back = this.#left ? this.#return() : Infinity;
    if (back < Infinity) {
      this.#cursor = Math.max(this.#cursor, back - 1);
      this.#forgetPassed();
    }
    return this.#held.get(this.#cursor + 1);
  }

  #forgetPassed() {
    for (const seen of this.#held.keys()) if (seen <= this.#cursor) this.#held.delete(seen);
  }

  #pass(change) {
    this.#held.delete(change.changeSeq);
    this.#cursor = change.changeSeq;
    if (change.type === 'member.left' && change.member?.userId === this.#me) {
      this.#left = true;
      // A join may have come while the page was on its way that ends with the leave before it.
      const back = this.#return();
      for (const seen of this.#held.keys()) if (seen < back) this.#held.delete(seen);
      this.#wanted = Math.max(this.#cursor, ...this.#held.keys());
    } else if (this.#isJoin(change)) {
      this.#left = false;
    }
    this.#sink(change);
  }

  /** The number of the next join of one's own that waits; Infinity for none. */
  #return() {
    return Math.min(...[...this.#held.values()].filter((change) => this.#isJoin(change)).map((change) => change.changeSeq));
  }

  #isJoin(change) { return change.type === 'member.joined' && change.member?.userId === this.#me; }
}
