// Closes gaps. A jump in changeSeq means that something was not delivered; most such jumps are two frames overtaking each
// other, so it waits a moment and only then asks the server for what is missing.

const ANSWER_WITHIN_MS = 8_000;
const TRIES = 5;
const BATCH = 200;

export class GapRepair {
  #ask;
  #moved;
  #waitMs;
  #running = new Map();
  #open = false;

  /** ask(type, data): Promise of the answer; moved(stream): its cursor went on. */
  constructor(ask, moved, waitMs) {
    this.#ask = ask;
    this.#moved = moved;
    this.#waitMs = waitMs;
  }

  connected(streams) {
    this.#open = true;
    for (const stream of streams) if (stream.gap) this.#later(stream, 0, 0);
  }

  connectionLost() {
    this.#open = false;
    for (const timer of this.#running.values()) clearTimeout(timer);
    this.#running.clear();
  }

  /** There is a gap; inside the fence the rest may still be under way. */
  soon(stream) {
    if (this.#open && !this.#running.has(stream)) this.#later(stream, 0, this.#waitMs);
  }

  #later(stream, tries, ms) {
    clearTimeout(this.#running.get(stream));
    this.#running.set(stream, setTimeout(() => this.#repair(stream, tries), ms));
  }

  async #repair(stream, tries) {
    if (!stream.gap || !this.#open) {
      this.#running.delete(stream);
      return;
    }
    if (tries >= TRIES) {
      this.#giveUp(stream);
      return;
    }
    const asked = this.#running.get(stream);
    const before = stream.cursor;
    let page = { items: [] };
    try {
      page = await this.#ask('sync', { conversationId: stream.id, after: stream.after(BATCH), limit: BATCH }, ANSWER_WITHIN_MS);
    } catch (problem) {
      if (this.#running.get(stream) !== asked) return;
      if (problem.status > 0 && !problem.retryable) this.#giveUp(stream);
      else this.#later(stream, tries, Math.max(problem.retryAfterMs ?? 0, 1_000) * (1 + Math.random()));
      return;  // that nobody could say is no word on what is missing
    }
    if (this.#running.get(stream) !== asked) return;  // the connection was lost meanwhile
    // Where it has begun meanwhile, that may be further back than what was asked for.
    if (before === null && stream.cursor !== null) page = { items: [] };
    stream.page(page.items);
    this.#moved(stream);
    if (!stream.gap) this.#running.delete(stream);
    else if (stream.cursor > before) this.#later(stream, 0, 0);
    else this.#later(stream, tries + 1, this.#waitMs * (tries + 1));
  }

  #giveUp(stream) {
    this.#running.delete(stream);
    stream.giveUp();
    this.#moved(stream);
  }
}
