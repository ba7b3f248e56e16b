// Fields that look up what is typed into them, and the one that finds people by their handle.

import { byId, el, paintAvatar, setText } from './dom.js';
import { composing } from './keys.js';

const SEARCH_AFTER_MS = 200;
const MOST_PEOPLE = 20;
/** The server finds nobody by less. */
const LEAST_CHARACTERS = 2;

/**
 * Makes `#<kind>-search` look things up and list them in `#<kind>-results`; `#<kind>-state` says what came of it. Enter takes the first
 * hit for what is typed then, however late that comes; it sends no form.
 *
 * how: {find(words, cursor): Promise of a page {items, nextCursor}, line(item): its element, with a button, none(words): what is said
 * where there is none, failed(problem)}. What comes in pages has a button `#<kind>-more`.
 *
 * @returns {{search: () => Promise, clear: () => void}} looks up at once; empties field and list
 */
export function lookUp(kind, { find, line, none, failed = () => {} }) {
  const field = byId(`${kind}-search`);
  const results = byId(`${kind}-results`);
  const state = byId(`${kind}-state`);
  const more = byId(`${kind}-more`);
  let timer = 0;
  let latest = 0;
  let running = Promise.resolve();
  let failure = null;
  let taking = -1;

  function search() {
    stop();
    running = run(latest);
    return running;
  }

  /** What is under way counts no more. */
  function stop() {
    clearTimeout(timer);
    timer = 0;
    latest++;
  }

  async function run(mine) {
    const words = field.value.trim();
    let page = { items: [] };
    let problem = null;
    try {
      page = await find(words);
    } catch (thrown) {
      problem = thrown;
    }
    if (mine !== latest) return;
    failure = problem;
    results.replaceChildren(...page.items.map(line));
    offerMore(words, page.nextCursor);
    setText(state, problem?.message ?? (page.items.length === 0 ? none(words) : ''));
    if (problem) failed(problem);
  }

  function offerMore(words, cursor) {
    if (!more) return;
    const mine = latest;
    more.hidden = !cursor;
    more.onclick = () => showMore(words, cursor, mine);
  }

  /** Of what is about to be replaced no more is shown. */
  async function showMore(words, cursor, mine) {
    if (mine !== latest) return;
    more.onclick = null;
    try {
      const page = await find(words, cursor);
      if (mine !== latest) return;
      const lines = page.items.map(line);
      results.append(...lines);
      lines[0]?.querySelector('button').focus();
      offerMore(words, page.nextCursor);
      setText(state, '');
    } catch (problem) {
      if (mine !== latest) return;
      offerMore(words, cursor);
      setText(state, problem.message);
    }
  }

  /** Of somebody who has gone on meanwhile, to type or to a button, nothing is taken. */
  async function takeFirst() {
    if (timer !== 0 || failure) search();
    const mine = latest;
    if (taking === mine) return;
    taking = mine;
    await running;
    if (taking === mine) taking = -1;
    if (mine === latest && document.activeElement === field) results.querySelector('button')?.click();
  }

  field.oninput = () => { clearTimeout(timer); timer = setTimeout(search, SEARCH_AFTER_MS); };
  field.onkeydown = (event) => {
    if (event.key !== 'Enter' || composing(event)) return;
    event.preventDefault();
    takeFirst();
  };
  return {
    search,
    clear() {
      stop();
      field.value = '';
      results.replaceChildren();
      offerMore('', null);
      setText(state, '');
    },
  };
}

/** A field that finds people by their handle; pick(user): one was chosen. */
export function userSearch(kind, store, problem, pick) {
  return lookUp(kind, {
    find: async (words) => {
      const handle = words.replace(/^@/, '');
      return { items: handle ? (await store.searchUsers(handle)).slice(0, MOST_PEOPLE) : [] };
    },
    line: (user) => personLine(user, pick),
    none: (words) => (words.replace(/^@/, '').length < LEAST_CHARACTERS ? '' : 'Nobody has a handle that starts like this.'),
    failed: (failure) => { if (failure.status !== 0) problem(failure); },
  });
}

function personLine(user, pick) {
  const name = user.displayName || user.handle;
  const avatar = el('span', { attributes: { 'aria-hidden': 'true' } });
  paintAvatar(avatar, name, user.userId);
  const button = el('button', { className: 'result', data: { handle: user.handle }, attributes: { type: 'button' } }, avatar,
    el('span', { className: 'names' }, el('strong', { text: name }), el('span', { className: 'muted', text: `@${user.handle}` })));
  button.onclick = () => pick(user);
  return el('li', {}, button);
}
