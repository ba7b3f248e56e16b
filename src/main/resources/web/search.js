// A field that finds people by their handle.

import { byId, el, paintAvatar, setText } from './dom.js';

const SEARCH_AFTER_MS = 200;

/**
 * Makes `#<kind>-search` look people up by handle and list them in `#<kind>-results`.
 *
 * @returns {{clear: () => void}} empties field and list
 */
export function userSearch(kind, store, problem, pick) {
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
