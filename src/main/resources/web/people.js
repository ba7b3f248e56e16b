// The dialog that lists a conversation's members with their roles; from here one leaves, and removes others.

import { byId, countOf, el, paintAvatar, setText } from './dom.js';
import { userSearch } from './search.js';

const RANKS = ['owner', 'admin', 'member', 'readonly'];
const MOST = 500;

export class People {
  #store;
  #problem;
  #drawn = '';
  #search;

  /** problem(error): tell the user. */
  constructor(store, problem) {
    this.#store = store;
    this.#problem = problem;
    this.#search = userSearch('member', store, problem, (user) => { this.#search.clear(); this.#bringIn(user); });
    byId('show-people').onclick = () => { this.#drawn = ''; this.#search.clear(); byId('people-dialog').showModal(); this.draw(); };
    byId('leave').onclick = () => this.#remove(store.me);
  }

  close() { byId('people-dialog').close(); }

  /** Draws the list anew where it is open and something about it has changed. */
  draw() {
    const conversation = this.#store.openConversation;
    if (!byId('people-dialog').open || !conversation) return;
    if (conversation.left) return this.close();
    const people = conversation.present.sort((one, other) => rank(one) - rank(other) || this.#name(one).localeCompare(this.#name(other)));
    const shown = people.slice(0, MOST);
    const state = JSON.stringify([conversation.id, conversation.role, conversation.topic, shown.map((member) => [member.userId, member.role])]);
    if (state === this.#drawn) return undefined;
    this.#drawn = state;
    setText(byId('people-heading'), countOf(conversation));
    setText(byId('people-topic'), conversation.topic);
    byId('member-add').hidden = !['owner', 'admin'].includes(conversation.role);
    byId('people').replaceChildren(...shown.map((member) => this.#person(conversation, member)));
    return undefined;
  }

  #person(conversation, member) {
    const name = this.#name(member);
    const avatar = el('span', { attributes: { 'aria-hidden': 'true' } });
    paintAvatar(avatar, name, member.userId);
    const row = el('li', { className: 'result', data: { userId: member.userId, role: member.role } }, avatar,
      el('span', { className: 'names' }, el('strong', { text: name, attributes: { dir: 'auto' } }),
        el('span', { className: 'muted', text: member.role ?? '' })));
    if (member.userId !== this.#store.me && mayManage(conversation.role, member.role)) {
      row.append(this.#roles(conversation, member, name));
      const remove = el('button', { className: 'button', attributes: { type: 'button', 'aria-label': `Remove ${name}` }, text: 'Remove' });
      remove.onclick = () => this.#remove(member.userId);
      row.append(remove);
    }
    return row;
  }

  #roles(conversation, member, name) {
    const own = RANKS.indexOf(conversation.role);
    const select = el('select', { attributes: { 'aria-label': `Role of ${name}` } },
      ...RANKS.filter((role) => RANKS.indexOf(role) >= own).map((role) => el('option', { text: role, attributes: { value: role } })));
    select.value = member.role;
    select.onchange = () => this.#do(({ id }) => this.#store.client.rest.putMember(id, member.userId, select.value), () => { select.value = member.role; });
    return select;
  }

  /** Somebody found by the search field comes in. */
  #bringIn(user) { return this.#do(({ id }) => this.#store.client.rest.putMember(id, user.userId)); }

  #name(member) { return this.#store.nameOf(member.userId, this.#store.openConversation); }

  async #remove(userId) { await this.#do((conversation) => this.#store.client.rest.removeMember(conversation.id, userId)); }

  async #do(work, undo = () => {}) {
    try {
      await work(this.#store.openConversation);
    } catch (problem) {
      this.#problem(problem);
      undo();
    }
  }
}

function rank(member) { return RANKS.indexOf(member.role ?? 'member'); }

/** As the server decides; it is asked in any case. */
function mayManage(own, other) { return own !== null && rank({ role: own }) <= 1 && rank({ role: own }) <= rank({ role: other }); }
