// The dialog that lists a conversation's members with their roles; from here one leaves, and removes others.

import { byId, el, paintAvatar, setText } from './dom.js';

const RANKS = ['owner', 'admin', 'member', 'readonly'];
const MOST = 500;

export class People {
  #store;
  #problem;
  #drawn = '';

  /** problem(error): tell the user. */
  constructor(store, problem) {
    this.#store = store;
    this.#problem = problem;
    byId('show-people').onclick = () => { this.#drawn = ''; byId('people-dialog').showModal(); this.draw(); };
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
    setText(byId('people-heading'), `${conversation.memberCount} members`);
    setText(byId('people-topic'), conversation.topic);
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
    if (member.userId !== this.#store.me && mayRemove(conversation.role, member.role)) {
      const remove = el('button', { className: 'button', attributes: { type: 'button', 'aria-label': `Remove ${name}` }, text: 'Remove' });
      remove.onclick = () => this.#remove(member.userId);
      row.append(remove);
    }
    return row;
  }

  #name(member) { return this.#store.nameOf(member.userId, this.#store.openConversation); }

  async #remove(userId) {
    try {
      await this.#store.removeMember(this.#store.openConversation, userId);
    } catch (problem) {
      this.#problem(problem);
    }
  }
}

function rank(member) { return RANKS.indexOf(member.role ?? 'member'); }

/** As the server decides; it is asked in any case. */
function mayRemove(own, other) { return own !== null && rank({ role: own }) <= 1 && rank({ role: own }) <= rank({ role: other }); }
