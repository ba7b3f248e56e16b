// The dialog that lists a conversation's members with their roles; from here one leaves, removes others, and gives it another title.

import { byId, countOf, el, paintAvatar, setText } from './dom.js';
import { userSearch } from './search.js';

const RANKS = ['owner', 'admin', 'member', 'readonly'];
const MOST = 500;

export class People {
  #store;
  #problem;
  #drawn = '';
  #search;
  #about = null; // the conversation that the dialog over this one is about, and what it was called when that was opened
  #parting = null; // who leaves it, if they do

  /** problem(error): tell the user. */
  constructor(store, problem) {
    this.#store = store;
    this.#problem = problem;
    this.#search = userSearch('member', store, problem, (user) => { this.#search.clear(); this.#bringIn(user); });
    byId('show-people').onclick = () => { this.#drawn = ''; this.#search.clear(); byId('people-dialog').showModal(); this.draw(); };
    byId('leave').onclick = () => this.#askToPart(store.me);
    byId('part-close').onclick = () => byId('part-dialog').close();
    byId('part-form').onsubmit = (event) => { event.preventDefault(); this.#part(); };
    byId('people-about').onclick = () => this.#askWhatItIsCalled();
    byId('about-close').onclick = () => byId('about-dialog').close();
    byId('about-form').onsubmit = (event) => { event.preventDefault(); this.#call(); };
  }

  close() { for (const id of ['people-dialog', 'part-dialog', 'about-dialog']) byId(id).close(); }

  /** Draws the list anew where it is open and something about it has changed. */
  draw() {
    const conversation = this.#store.openConversation;
    if (!byId('people-dialog').open || !conversation) return;
    if (conversation.left) return this.close();
    const people = conversation.present.sort((one, other) => rank(one) - rank(other) || this.#name(one).localeCompare(this.#name(other)));
    const shown = people.slice(0, MOST);
    const state = JSON.stringify([conversation.id, conversation.role, conversation.title, conversation.topic, shown.map((member) => [member.userId, member.role])]);
    if (state === this.#drawn) return undefined;
    this.#drawn = state;
    setText(byId('people-heading'), countOf(conversation));
    setText(byId('people-topic'), conversation.topic);
    byId('member-add').hidden = byId('people-about').hidden = !['owner', 'admin'].includes(conversation.role);
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
      remove.onclick = () => this.#askToPart(member.userId);
      row.append(remove);
    }
    return row;
  }

  #roles(conversation, member, name) {
    const own = RANKS.indexOf(conversation.role);
    const select = el('select', { attributes: { 'aria-label': `Role of ${name}` } },
      ...RANKS.filter((role) => RANKS.indexOf(role) >= own).map((role) => el('option', { text: role, attributes: { value: role } })));
    select.value = member.role;
    select.onchange = () => this.#do(({ id }) => this.#store.client.rest.putMember(id, member.userId, select.value), conversation, () => { select.value = member.role; });
    return select;
  }

  /** Somebody found by the search field comes in. */
  #bringIn(user) { return this.#do(({ id }) => this.#store.client.rest.putMember(id, user.userId)); }

  #name(member) { return this.#store.nameOf(member.userId, this.#store.openConversation); }

  /** Nobody comes back to a group by themselves, nor to what was said there meanwhile. */
  #askToPart(userId) {
    const conversation = this.#store.openConversation;
    const leaves = userId === this.#store.me;
    const title = conversation.title || 'this conversation';
    this.#about = { id: conversation.id };
    this.#parting = userId;
    setText(byId('part-heading'), leaves ? `Leave ${title}?` : `Remove ${this.#name({ userId })}?`);
    setText(byId('part-text'), conversation.type === 'channel'
      ? `${leaves ? 'You' : 'They'} can join again at any time.`
      : `Only an owner or an admin can bring ${leaves ? 'you' : 'them'} back.`);
    setText(byId('part-do'), leaves ? 'Leave' : 'Remove');
    byId('part-dialog').showModal();
  }

  async #part() {
    if (await this.#do(({ id }) => this.#store.client.rest.removeMember(id, this.#parting), this.#about)) byId('part-dialog').close();
  }

  #askWhatItIsCalled() {
    const conversation = this.#store.openConversation;
    this.#about = { id: conversation.id, title: conversation.title ?? '', topic: conversation.topic ?? '' };
    byId('about-title').value = this.#about.title;
    byId('about-topic').value = this.#about.topic;
    byId('about-dialog').showModal();
  }

  /** Stays open where it did not come about: what was written is not lost. */
  async #call() {
    const facts = {}; // what was changed here: somebody else may have changed the other meanwhile
    for (const name of ['title', 'topic']) {
      const wished = byId(`about-${name}`).value.trim();
      if (wished !== this.#about[name]) facts[name] = wished;
    }
    if (Object.keys(facts).length === 0) return byId('about-dialog').close();
    if (await this.#do(({ id }) => this.#store.client.rest.updateConversation(id, facts), this.#about)) byId('about-dialog').close();
    return undefined;
  }

  /** Whether it came about. */
  async #do(work, conversation = this.#store.openConversation, undo = () => {}) {
    try {
      await work(conversation);
      return true;
    } catch (problem) {
      this.#problem(problem);
      undo();
      return false;
    }
  }
}

function rank(member) { return RANKS.indexOf(member.role ?? 'member'); }

/** As the server decides; it is asked in any case. */
function mayManage(own, other) { return own !== null && rank({ role: own }) <= 1 && rank({ role: own }) <= rank({ role: other }); }
