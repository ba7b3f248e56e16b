// Says whether the user is there: away when none of their tabs has been in sight for a while, online at once when one is. Every tab says
// it, since the one that leads says it again when it connects, and any of them may lead next.

import { Attention } from './attention.js';

const AWAY_AFTER_MS = 5 * 60_000;
const PAGE = 'page';

export class OwnPresence {
  #client;
  #showing;
  #others;
  #timer = 0;
  #listeners = new AbortController();

  constructor(client) {
    this.#client = client;
    this.#showing = new Attention('showing', client.userId);
    this.#others = new BroadcastChannel(`parley.showing.${client.userId}`);
    this.#others.onmessage = () => this.#wasSeen();
    document.addEventListener('visibilitychange', () => this.#turned(), { signal: this.#listeners.signal });
    this.#turned();
  }

  close() {
    this.#listeners.abort();
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#others.close();
    this.#showing.at(null);
  }

  /** This tab came into sight, or went out of it: in both cases it was in sight by now. */
  #turned() {
    this.#showing.at(document.visibilityState === 'visible' ? PAGE : null);
    this.#others.postMessage(document.visibilityState);
    this.#wasSeen();
  }

  /** This tab or another one was in sight until now, or is. */
  #wasSeen() {
    this.#client.setPresence('online');
    this.#waits();
  }

  #waits() {
    clearTimeout(this.#timer);
    const timer = setTimeout(() => this.#look(timer), AWAY_AFTER_MS);
    this.#timer = timer;
  }

  /** Of a tab that is gone without a word the lock alone tells. */
  async #look(timer) {
    const seen = await this.#showing.on(PAGE);
    if (timer !== this.#timer) return;  // one has turned meanwhile
    if (seen) this.#waits();
    else this.#client.setPresence('away');
  }
}
