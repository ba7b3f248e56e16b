// What goes back to the server about what arrived and what was seen. Both are cursors, so only the highest counts:
// they are collected for a moment and sent together, and sending one again is free. Of a large conversation the server
// only counts them, every ten seconds: there what arrived is told less often, since thousands of devices tell it.

/** A frame to the server holds 64 KiB, an id up to 64 characters. */
const MOST_CURSORS = 500;

/** The server keeps 256 changes of a conversation to send them again; in a fast one they are told of earlier. */
const MOST_UNTOLD = 100;

/** What was said in this time may have gone into a connection that was dead already: so long it takes to notice. */
const UNSURE_MS = 60_000;

/** Cursors of one kind: how far each conversation is, and how far, and when, that was said. */
class Cursors {
  #reached = new Map();
  #said = new Map();

  said(id) { return this.#said.get(id)?.upTo ?? 0; }

  /** Whether there is something to say. */
  reach(id, value) {
    if (value <= this.said(id)) return false;
    this.#reached.set(id, Math.max(value, this.#reached.get(id) ?? 0));
    return true;
  }

  unsaid() { return [...this.#reached].filter(([id, value]) => value > this.said(id)); }

  say(id, upTo) { this.#said.set(id, { upTo, at: performance.now() }); }

  /** The server knows this much, and no more. */
  known(id, upTo) { this.#said.set(id, { upTo, at: -Infinity }); }

  doubt() {
    for (const [id, { at }] of this.#said) if (performance.now() - at < UNSURE_MS) this.#said.delete(id);
  }
}

export class ReceiptSender {
  #send;
  #delivered = new Cursors();
  #read = new Cursors();
  #counted = new Set();
  #timer = 0;
  #slowTimer = 0;
  #refusedTimer = 0;
  #open = false;
  #collectMs;
  #collectCountedMs;

  /** send(type, data): false when there is no connection. */
  constructor(send, collectMs, collectCountedMs = collectMs) {
    this.#send = send;
    this.#collectMs = collectMs;
    this.#collectCountedMs = collectCountedMs;
  }

  /** What the server told of others' receipts there: a count (the conversation is large), or one of somebody's. */
  heard(conversationId, isCount) {
    if (isCount) this.#counted.add(conversationId);
    else this.#counted.delete(conversationId);
  }

  /** changeSeq up to which this device has everything. */
  delivered(conversationId, changeSeq) {
    if (!this.#delivered.reach(conversationId, changeSeq)) return;
    if (this.#canWait(conversationId, changeSeq)) {
      // Anywhere in the second half of the time: the same message reached everybody at once.
      this.#slowTimer ||= setTimeout(() => this.#flush(), this.#collectCountedMs * (1 + Math.random()) / 2);
    } else {
      this.#flushSoon();
    }
  }

  /** seq up to which the user has seen everything. */
  read(conversationId, seq) {
    if (this.#read.reach(conversationId, seq)) this.#flushSoon();
  }

  /** The server knows this much already. */
  alreadyDelivered(conversationId, changeSeq) { this.#delivered.known(conversationId, changeSeq); }

  /**
   * A change comes that this device has, as it has all up to this number: the server has not heard so, or took it to mean no more
   * than it had sent by then, which an ack overtakes.
   */
  again(conversationId, changeSeq, upTo) {
    if (changeSeq <= this.#delivered.said(conversationId)) this.#delivered.known(conversationId, changeSeq - 1);
    this.delivered(conversationId, upTo);
  }

  /** The server had no room for what was said just now: it is said again when there may be. */
  refused(retryAfterMs = 1_000) {
    this.#doubt();
    clearTimeout(this.#refusedTimer);
    this.#refusedTimer = setTimeout(() => {
      this.#refusedTimer = 0;
      this.#flush();
    }, retryAfterMs * (1 + Math.random()));
  }

  /** The fence is closed: cursors may go out, those also that may have been lost with the last connection. */
  connected() {
    this.#open = true;
    this.#flush();
  }

  connectionLost() {
    this.#open = false;
    this.#doubt();
    this.#waitNoMore();
  }

  /** The page is going away: what is collected goes out now. */
  leaving() {
    this.#waitNoMore();
    this.#flush();
  }

  #doubt() {
    this.#delivered.doubt();
    this.#read.doubt();
  }

  #waitNoMore() {
    clearTimeout(this.#refusedTimer);
    this.#refusedTimer = 0;
  }

  #canWait(conversationId, changeSeq) {
    return this.#counted.has(conversationId) && changeSeq - this.#delivered.said(conversationId) < MOST_UNTOLD;
  }

  #flushSoon() {
    this.#timer ||= setTimeout(() => this.#flush((id, due) => !this.#canWait(id, due)), this.#collectMs);
  }

  #flush(isDue = null) {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (!isDue) {
      clearTimeout(this.#slowTimer);
      this.#slowTimer = 0;
    }
    if (!this.#open || this.#refusedTimer) return;
    const due = this.#delivered.unsaid().filter(([id, value]) => !isDue || isDue(id, value));
    while (due.length > 0) {
      const some = due.splice(0, MOST_CURSORS);
      if (!this.#send('receipt.delivered', { cursors: Object.fromEntries(some) })) break;
      for (const [id, value] of some) this.#delivered.say(id, value);
    }
    for (const [id, seq] of this.#read.unsaid()) if (this.#send('receipt.read', { conversationId: id, seq })) this.#read.say(id, seq);
  }
}
