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

  get gap() { return !this.#left && this.#wanted > (this.#cursor ?? 0); }

  /** After which number to ask for what is missing: where nothing is known yet, for so many up to what waits. */
  after(most) { return this.#cursor ?? Math.max(0, this.#firstHeld() - most); }

  /** Where the app already stands, e.g. what its page of the inbox says. Only where nothing is known yet. */
  startAt(changeSeq) {
    if (this.#cursor !== null) return;
    // What acks have brought meanwhile is told all the same: the sends wait for it.
    const made = [...this.#held.keys()].filter((number) => number <= changeSeq).sort((one, other) => one - other);
    for (const number of made) this.#pass(this.#held.get(number));
    this.#cursor = changeSeq;
    this.#drain();
  }

  /**
   * A change from a frame, or one `made` of an ack. The first frame of an unknown conversation is where its numbers begin. An ack is
   * not: it may overtake what others did before. What was made of it waits for a frame, a start or a page.
   */
  offer(change) {
    const { changeSeq, made } = change;
    if (!made) this.#cursor ??= Math.min(changeSeq, this.#firstHeld()) - 1;
    // Who comes back is told of nothing that passed in between.
    if (this.#left && changeSeq > this.#cursor && this.#isJoin(change)) this.#cursor = changeSeq - 1;
    if (changeSeq <= (this.#cursor ?? 0)) return;
    // The frame says more than the ack: whom the message mentions.
    const known = made && this.#held.has(changeSeq);
    if (!known && this.#held.size < MOST_HELD) this.#held.set(changeSeq, change);
    this.want(changeSeq);
    this.#drain();
  }

  /** The conversation is known to go on to this number. */
  want(changeSeq) { this.#wanted = Math.max(this.#wanted, changeSeq); }

  /** An answer to `sync` after that number: all that this user may see. A number that it leaves out is hidden from the user. */
  page(items) {
    if (this.#cursor === null) this.#begin(items);
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
    const next = this.#firstHeld();
    this.#cursor = Math.max(this.#cursor, Number.isFinite(next) ? next - 1 : this.#wanted);
    this.#drain();
  }

  /** Its numbers begin with the user's last join before what waits; where that is further back, with the page. */
  #begin(items) {
    const first = this.#firstHeld();
    const start = items.findLast((change) => change.changeSeq < first && this.#isJoin(change)) ?? items[0];
    if (start) this.#cursor = start.changeSeq - 1;
  }

  #firstHeld() { return Math.min(...this.#held.keys()); }

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
