// Which conversation the user has before their eyes, known to all their tabs: the tab that leads notifies, but not of what they read in
// another one. A lock says it, which the browser takes back from a tab however it ends. Without Web Locks each tab knows of itself.

export class Attention {
  #name;
  #at = null;
  #leave = () => {};

  constructor(userId) { this.#name = (conversationId) => `parley.looking.${userId}.${conversationId}`; }

  /** The user looks at this conversation in this tab; null: at none. */
  at(conversationId) {
    if (conversationId === this.#at) return;
    this.#at = conversationId;
    this.#leave();
    if (conversationId === null || !navigator.locks) return;
    const left = new Promise((resolve) => { this.#leave = resolve; });
    navigator.locks.request(this.#name(conversationId), { mode: 'shared' }, () => left).catch(() => {});  // the page is going away
  }

  /** Whether the user looks at this conversation in any tab. */
  async on(conversationId) {
    if (this.#at === conversationId || !navigator.locks) return this.#at === conversationId;
    return (await navigator.locks.query()).held.some(({ name }) => name === this.#name(conversationId));
  }
}
