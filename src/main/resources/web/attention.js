// What the user has before their eyes, known to all their tabs: the conversation that they look at, so that the tab that leads does not
// notify of what they read in another one; the page itself, for whether they are away. A lock says it, which the browser takes back from
// a tab however it ends. Without Web Locks each tab knows of itself.

export class Attention {
  #name;
  #at = null;
  #leave = () => {};

  /** kind: what sort of thing it is that a tab can have before the user's eyes, one at a time. */
  constructor(kind, userId) { this.#name = (what) => `parley.${kind}.${userId}.${what}`; }

  /** The user has this before their eyes in this tab; null: nothing. */
  at(what) {
    if (what === this.#at) return;
    this.#at = what;
    this.#leave();
    if (what === null || !navigator.locks) return;
    const left = new Promise((resolve) => { this.#leave = resolve; });
    navigator.locks.request(this.#name(what), { mode: 'shared' }, () => left).catch(() => {});  // the page is going away
  }

  /** Whether the user has this before their eyes in any tab. */
  async on(what) {
    if (this.#at === what || !navigator.locks) return this.#at === what;
    return (await navigator.locks.query()).held.some(({ name }) => name === this.#name(what));
  }
}
