// The two dialogs that start a conversation: pick one user, or a title and some users.

import { byId, el, paintAvatar, setText } from './dom.js';

const SEARCH_AFTER_MS = 200;

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
    const dm = search('dm', store, problem, (user) => this.#startDm(user));
    const group = search('group', store, problem, (user) => this.#choose(user));
    byId('new-dm').onclick = () => { dm.clear(); byId('dm-dialog').showModal(); byId('dm-search').focus(); };
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
    // Enter in the search field takes the first hit instead of closing the dialog or creating a group too early.
    enter('dm-search', () => byId('dm-results').querySelector('button')?.click());
    enter('group-search', () => byId('group-results').querySelector('button')?.click());
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

function search(kind, store, problem, pick) {
  const field = byId(`${kind}-search`);
  const results = byId(`${kind}-results`);
  const state = byId(`${kind}-state`);
  let timer = 0;
  let latest = 0;

  async function run() {
    const mine = ++latest;
    const query = field.value.trim().replace(/^@/, '');
    if (!query) return clear();
    try {
      const users = await store.searchUsers(query);
      if (mine !== latest) return undefined;
      results.replaceChildren(...users.slice(0, 20).map((user) => result(user, pick)));
      setText(state, users.length === 0 ? 'Nobody has a handle that starts like this.' : '');
    } catch (failure) {
      if (mine !== latest) return undefined;
      setText(state, failure.message);
      if (failure.status !== 0) problem(failure);
    }
    return undefined;
  }

  function clear() {
    latest++;
    field.value = '';
    results.replaceChildren();
    setText(state, '');
  }

  field.oninput = () => { clearTimeout(timer); timer = setTimeout(run, SEARCH_AFTER_MS); };
  return { clear };
}

function result(user, pick) {
  const name = user.displayName || user.handle;
  const avatar = el('span', { attributes: { 'aria-hidden': 'true' } });
  paintAvatar(avatar, name, user.userId);
  const button = el('button', { className: 'result', data: { handle: user.handle }, attributes: { type: 'button' } }, avatar,
    el('span', { className: 'names' }, el('strong', { text: name }), el('span', { className: 'muted', text: `@${user.handle}` })));
  button.onclick = () => pick(user);
  return el('li', {}, button);
}

function enter(id, action) {
  byId(id).onkeydown = (event) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    action();
  };
}
