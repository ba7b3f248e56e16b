// Closes gaps. A jump in changeSeq means that something was not delivered; most such jumps are two frames overtaking each
// other, so it waits a moment and only then asks the server for what is missing.

const WAIT_MS = 300;
const ANSWER_WITHIN_MS = 8_000;
const TRIES = 5;
const BATCH = 200;

export class GapRepair {
  #send;
  #session;
  #moved;
  #running = new Map();
  #counter = 0;
  #open = false;

  /** send: a frame to the socket; moved(conversation): its cursor went on. */
  constructor(send, session, moved) {
    this.#send = send;
    this.#session = session;
    this.#moved = moved;
  }

  connected(conversations) {
    this.#open = true;
    for (const conversation of conversations) if (conversation.gap) this.#ask(conversation, 0);
  }

  connectionLost() {
    this.#open = false;
    for (const { timer } of this.#running.values()) clearTimeout(timer);
    this.#running.clear();
  }

  /** There is a gap; inside the fence the rest may still be under way. */
  soon(conversation) {
    if (this.#open && !this.#running.has(conversation.id)) this.#later(conversation, 0, WAIT_MS);
  }

  #later(conversation, tries, ms) {
    clearTimeout(this.#running.get(conversation.id)?.timer);
    this.#running.set(conversation.id, { tries, timer: setTimeout(() => this.#ask(conversation, tries), ms) });
  }

  #ask(conversation, tries) {
    this.#running.delete(conversation.id);
    if (!conversation.gap || !this.#open) return;
    if (tries >= TRIES) {
      conversation.giveUpGap();
      this.#moved(conversation);
      return;
    }
    const id = `sync-${++this.#counter}`;
    if (!this.#send('sync', { conversationId: conversation.id, after: conversation.cursor, limit: BATCH }, id)) return;
    this.#running.set(conversation.id, { id, tries, timer: setTimeout(() => this.#ask(conversation, tries + 1), ANSWER_WITHIN_MS) });
  }

  /** An answer to `sync`: all that this user may see after the cursor, in order. */
  answered(conversation, { items, hasMore }, take) {
    const { tries = 0, timer } = this.#running.get(conversation.id) ?? {};
    clearTimeout(timer);
    this.#running.delete(conversation.id);
    for (const change of items) {
      if (conversation.cursor !== null) conversation.skipTo(change.changeSeq - 1);
      take(change);
    }
    if (!conversation.gap) return;
    if (items.length > 0 || hasMore) this.#later(conversation, 0, 0);
    else this.#later(conversation, tries + 1, WAIT_MS * (tries + 1));
  }

  /** An error frame; says whether it answered one of our questions. */
  refused(id) {
    for (const [conversationId, running] of this.#running) {
      if (running.id !== id) continue;
      clearTimeout(running.timer);
      this.#running.delete(conversationId);
      return true;
    }
    return false;
  }

  /** A page of history may have been read just before a live message began: seq is dense, so a hole shows. */
  async holes(conversation, tries = 0) {
    const before = conversation.beforeHole;
    if (!before || tries >= TRIES) return;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS * (tries + 1)));
    if (!conversation.history.loaded || conversation.beforeHole !== before) return this.holes(conversation, tries + 1);
    try {
      const url = `/v1/conversations/${encodeURIComponent(conversation.id)}/messages?after=${before.changeSeq}&limit=100`;
      conversation.addMissing((await this.#session.get(url)).items);
      this.#moved(conversation);
    } catch (problem) {
      return;  // the next opening tries again
    }
    return this.holes(conversation, tries + 1);
  }
}
