// The two dialogs that start a conversation: pick one user, or a title and some users.

import { byId, el, setText } from './dom.js';
import { userSearch } from './search.js';

export class Dialogs {
  #store;
  #opened;
  #problem;
  #chosen = new Map();

  /** opened(conversationId): show it; problem(error): tell the user. */
  constructor(store, opened, problem) {
    this.#store = store;
    this.#opened = opened;
    this.#problem = problem;
    const dm = userSearch('dm', store, problem, (user) => this.#startDm(user));
    const group = userSearch('group', store, problem, (user) => this.#choose(user));
    byId('new-dm').onclick = byId('first-chat').onclick = () => { dm.clear(); byId('dm-dialog').showModal(); byId('dm-search').focus(); };
    byId('new-group').onclick = () => {
      group.clear();
      this.#chosen.clear();
      this.#drawChosen();
      byId('group-title').value = '';
      byId('group-dialog').showModal();
      byId('group-title').focus();
    };
    byId('group-close').onclick = () => byId('group-dialog').close();
    byId('group-form').onsubmit = (event) => { event.preventDefault(); this.#createGroup(); };
    this.#clearGroup = group.clear;
  }

  #clearGroup;

  close() {
    byId('dm-dialog').close();
    byId('group-dialog').close();
  }

  async #startDm(user) {
    try {
      const id = await this.#store.startDm(user.userId);
      byId('dm-dialog').close();
      this.#opened(id);
    } catch (problem) {
      this.#problem(problem);
    }
  }

  #choose(user) {
    this.#chosen.set(user.userId, user);
    this.#drawChosen();
    this.#clearGroup();
    byId('group-search').focus();
  }

  #drawChosen() {
    byId('group-chosen').replaceChildren(...[...this.#chosen.values()].map((user) => {
      const name = user.displayName || user.handle;
      const remove = el('button', { className: 'remove', attributes: { type: 'button', 'aria-label': `Remove ${name}` }, text: '✕' });
      remove.onclick = () => { this.#chosen.delete(user.userId); this.#drawChosen(); };
      return el('li', {}, el('span', { text: name }), remove);
    }));
  }

  async #createGroup() {
    const title = byId('group-title').value.trim();
    if (!title) return setText(byId('group-state'), 'Give the group a title.');
    if (this.#chosen.size === 0) return setText(byId('group-state'), 'Add at least one member.');
    byId('group-create').disabled = true;
    try {
      const id = await this.#store.createGroup(title, [...this.#chosen.keys()]);
      byId('group-dialog').close();
      this.#opened(id);
    } catch (problem) {
      this.#problem(problem);
      setText(byId('group-state'), problem.message);
    } finally {
      byId('group-create').disabled = false;
    }
    return undefined;
  }
}
