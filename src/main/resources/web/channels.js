// The dialog that finds an open channel to join, or makes one.

import { byId, countOf, el, paintAvatar, setText } from './dom.js';

const SEARCH_AFTER_MS = 200;

export class Channels {
  #store;
  #opened;
  #problem;
  #timer = 0;
  #latest = 0;

  /** opened(conversationId): show it; problem(error): tell the user. */
  constructor(store, opened, problem) {
    this.#store = store;
    this.#opened = opened;
    this.#problem = problem;
    byId('find-channel').onclick = () => {
      byId('channel-search').value = '';
      byId('channel-dialog').showModal();
      byId('channel-search').focus();
      this.#search();
    };
    byId('channel-close').onclick = () => this.close();
    byId('channel-search').oninput = () => { clearTimeout(this.#timer); this.#timer = setTimeout(() => this.#search(), SEARCH_AFTER_MS); };
    // Enter takes the first hit: a channel is made by its button only.
    byId('channel-search').onkeydown = (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      byId('channel-results').querySelector('button')?.click();
    };
    byId('channel-form').onsubmit = (event) => { event.preventDefault(); this.#create(); };
  }

  close() { byId('channel-dialog').close(); }

  async #search() {
    const mine = ++this.#latest;
    try {
      const channels = await this.#store.findChannels(byId('channel-search').value);
      if (mine !== this.#latest) return;
      byId('channel-results').replaceChildren(...channels.map((channel) => this.#result(channel)));
      setText(byId('channel-state'), channels.length === 0 ? 'No channel has such a title yet.' : '');
    } catch (problem) {
      if (mine === this.#latest) setText(byId('channel-state'), problem.message);
    }
  }

  #result(channel) {
    const avatar = el('span', { attributes: { 'aria-hidden': 'true' } });
    paintAvatar(avatar, channel.title, channel.conversationId);
    const what = [countOf(channel), channel.role ? 'you are in it' : '', channel.topic].filter(Boolean).join(' · ');
    const button = el('button', { className: 'result', data: { channel: channel.conversationId }, attributes: { type: 'button' } }, avatar,
      el('span', { className: 'names' }, el('strong', { text: channel.title, attributes: { dir: 'auto' } }),
        el('span', { className: 'muted', text: what, attributes: { dir: 'auto' } })));
    button.onclick = () => this.#do(() => this.#store.join(channel));
    return el('li', {}, button);
  }

  #create() {
    const title = byId('channel-search').value.trim();
    if (!title) return setText(byId('channel-state'), 'Give the new channel a title.');
    return this.#do(() => this.#store.createChannel(title));
  }

  async #do(work) {
    byId('channel-create').disabled = true;
    try {
      const id = await work();
      this.close();
      this.#opened(id);
    } catch (problem) {
      this.#problem(problem);
    } finally {
      byId('channel-create').disabled = false;
    }
  }
}
