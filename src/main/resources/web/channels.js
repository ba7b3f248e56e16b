// The dialog that finds an open channel to join, or makes one.

import { byId, countOf, el, paintAvatar, setText } from './dom.js';
import { lookUp } from './search.js';

export class Channels {
  #store;
  #opened;
  #problem;

  /** opened(conversationId): show it; problem(error): tell the user. */
  constructor(store, opened, problem) {
    this.#store = store;
    this.#opened = opened;
    this.#problem = problem;
    const found = lookUp('channel', {
      find: (words, cursor) => store.findChannels(words, cursor),
      line: (channel) => this.#line(channel),
      none: () => 'No channel has such a title yet.',
    });
    byId('find-channel').onclick = () => {
      found.clear();
      byId('channel-dialog').showModal();
      byId('channel-search').focus();
      found.search();
    };
    byId('channel-close').onclick = () => this.close();
    byId('channel-form').onsubmit = (event) => { event.preventDefault(); this.#create(); };
  }

  close() { byId('channel-dialog').close(); }

  #line(channel) {
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
