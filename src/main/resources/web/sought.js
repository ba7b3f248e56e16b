// What stands where no conversation is open: what becomes of the one that the address names, or an open channel that can be joined.

import { byId, countOf, setText } from './dom.js';

export class Sought {
  #store;
  #opened;
  #problem;
  #words = byId('nothing-open').querySelector('p');
  #tryAgain = byId('seek-again');

  /** opened(conversationId): show it; problem(error): tell the user. */
  constructor(store, opened, problem) {
    this.#store = store;
    this.#opened = opened;
    this.#problem = problem;
    this.#tryAgain.onclick = () => store.seekAgain();
    byId('join').onclick = () => this.#join();
  }

  close() {
    this.#tryAgain.hidden = byId('joinable').hidden = true;
    delete byId('chat').dataset.sought;
  }

  draw() {
    const { sought, joinable, openConversation } = this.#store;
    byId('nothing-open').hidden = openConversation !== null;
    setText(this.#words, {
      unasked: 'Loading…', reading: 'Loading…',
      failed: 'The conversation cannot be loaded now.',
      none: 'There is no such conversation, or it is not yours.',
      joinable: 'You are not in this channel.',
    }[sought] ?? 'Choose a conversation, or start a new one.');
    if (sought) byId('chat').dataset.sought = sought;
    else delete byId('chat').dataset.sought;
    this.#drawJoinable(joinable);
    // While it is asked again the button keeps the focus; then what there is to go on with gets it.
    const focused = document.activeElement === this.#tryAgain;
    const stays = sought === 'failed' || (focused && sought === 'reading');
    if (focused && !stays) byId(openConversation ? 'scroller' : joinable ? 'join' : 'search').focus({ preventScroll: true });
    this.#tryAgain.hidden = !stays;
  }

  #drawJoinable(channel) {
    byId('joinable').hidden = channel === null;
    if (channel === null) return;
    setText(byId('join-title'), channel.title ?? '');
    setText(byId('join-topic'), channel.topic);
    setText(byId('join-members'), countOf(channel));
  }

  async #join() {
    byId('join').disabled = true;
    try {
      this.#opened(await this.#store.join(this.#store.joinable));
    } catch (problem) {
      this.#problem(problem);
    } finally {
      byId('join').disabled = false;
    }
  }
}
