// What goes back to the server about what arrived and what was seen. Both are cursors, so only the highest counts:
// they are collected for a moment and sent together, and sending one again is free. Of a large conversation the server
// only counts them, every ten seconds: there what arrived is told less often, since thousands of devices tell it.

/** A frame to the server holds 64 KiB, an id up to 64 characters. */
const MOST_CURSORS = 500;

/** The server keeps 256 changes of a conversation to send them again; in a fast one they are told of earlier. */
const MOST_UNTOLD = 100;

export class ReceiptSender {
  #send;
  #delivered = new Map();
  #deliveredSent = new Map();
  #read = new Map();
  #readSent = new Map();
  #counted = new Set();
  #timer = 0;
  #slowTimer = 0;
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
  delivered(conversationId, changeSeq) { this.#note(this.#delivered, this.#deliveredSent, conversationId, changeSeq); }

  /** seq up to which the user has seen everything. */
  read(conversationId, seq) { this.#note(this.#read, this.#readSent, conversationId, seq); }

  /** The server knows this much already. */
  alreadyDelivered(conversationId, changeSeq) { this.#deliveredSent.set(conversationId, changeSeq); }

  /** The fence is closed: cursors may go out. Read cursors of this page's life go again, as the last ones may have been lost. */
  connected() {
    this.#open = true;
    this.#readSent.clear();
    this.#flush();
  }

  connectionLost() {
    this.#open = false;
    this.#deliveredSent.clear();
  }

  /** The page is going away: what is collected goes out now. */
  leaving() { this.#flush(); }

  #note(cursors, sent, conversationId, value) {
    if (value <= (cursors.get(conversationId) ?? 0) || value <= (sent.get(conversationId) ?? 0)) return;
    cursors.set(conversationId, value);
    if (cursors === this.#delivered && this.#canWait(conversationId, value)) {
      // Anywhere in the second half of the time: the same message reached everybody at once.
      this.#slowTimer ||= setTimeout(() => this.#flush(), this.#collectCountedMs * (1 + Math.random()) / 2);
    } else {
      this.#timer ||= setTimeout(() => this.#flush((id, due) => !this.#canWait(id, due)), this.#collectMs);
    }
  }

  #canWait(conversationId, changeSeq) {
    return this.#counted.has(conversationId) && changeSeq - (this.#deliveredSent.get(conversationId) ?? 0) < MOST_UNTOLD;
  }

  #flush(isDue = null) {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (!isDue) {
      clearTimeout(this.#slowTimer);
      this.#slowTimer = 0;
    }
    if (!this.#open) return;
    const due = [...this.#delivered].filter(([id, value]) => value > (this.#deliveredSent.get(id) ?? 0) && (!isDue || isDue(id, value)));
    while (due.length > 0) {
      const some = due.splice(0, MOST_CURSORS);
      if (!this.#send('receipt.delivered', { cursors: Object.fromEntries(some) })) break;
      for (const [id, value] of some) this.#deliveredSent.set(id, value);
    }
    for (const [id, seq] of this.#read) {
      if (seq > (this.#readSent.get(id) ?? 0) && this.#send('receipt.read', { conversationId: id, seq })) this.#readSent.set(id, seq);
    }
  }
}
