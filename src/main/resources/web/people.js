// The dialog that lists a conversation's members with their roles; from here one writes to one of them, leaves, removes others, and gives
// it another title.

import { arrange, byId, countOf, setText } from './dom.js';
import { PersonRow } from './person.js';
import { userSearch } from './search.js';

const RANKS = ['owner', 'admin', 'member', 'readonly'];
const MOST = 500;

export class People {
  #store;
  #opened;
  #problem;
  #rows = new Map();
  #does = {
    message: (userId) => this.#message(userId),
    give: (userId, role) => this.#do(({ id }) => this.#store.client.rest.putMember(id, userId, role)),
    remove: (userId) => this.#askToPart(userId),
  };
  #search;
  #about = null; // the conversation that the dialog over this one is about, and what it was called when that was opened
  #parting = null; // who leaves it, if they do

  /** opened(conversationId): show it; problem(error): tell the user. */
  constructor(store, opened, problem) {
    this.#store = store;
    this.#opened = opened;
    this.#problem = problem;
    this.#search = userSearch('member', store, problem, (user) => { this.#search.clear(); this.#bringIn(user); });
    byId('show-people').onclick = () => { this.#search.clear(); byId('people-dialog').showModal(); this.draw(); };
    byId('leave').onclick = () => this.#askToPart(store.me);
    byId('part-close').onclick = () => byId('part-dialog').close();
    byId('part-form').onsubmit = (event) => { event.preventDefault(); this.#part(); };
    byId('people-about').onclick = () => this.#askWhatItIsCalled();
    byId('about-close').onclick = () => byId('about-dialog').close();
    byId('about-form').onsubmit = (event) => { event.preventDefault(); this.#call(); };
  }

  close() { for (const id of ['people-dialog', 'part-dialog', 'about-dialog']) byId(id).close(); }

  /** Draws the list where it is open. */
  draw() {
    const conversation = this.#store.openConversation;
    if (!byId('people-dialog').open || !conversation) return;
    if (conversation.left) {
      this.close();
      return;
    }
    setText(byId('people-heading'), countOf(conversation));
    setText(byId('people-topic'), conversation.topic);
    byId('member-add').hidden = byId('people-about').hidden = !['owner', 'admin'].includes(conversation.role);
    const people = conversation.present.sort((one, other) => rank(one) - rank(other) || this.#name(one).localeCompare(this.#name(other)));
    const shown = people.slice(0, MOST);
    const list = byId('people');
    const focused = list.contains(document.activeElement);
    arrange(list, shown.map((member) => this.#row(conversation, member)));
    if (focused && !list.contains(document.activeElement)) list.focus({ preventScroll: true });  // whose row had it is gone
    const those = new Set(shown.map(({ userId }) => userId));
    for (const userId of this.#rows.keys()) if (!those.has(userId)) this.#rows.delete(userId);
  }

  #row(conversation, member) {
    const { userId, role } = member;
    if (!this.#rows.has(userId)) this.#rows.set(userId, new PersonRow(userId, this.#does));
    const row = this.#rows.get(userId);
    const self = userId === this.#store.me;
    row.paint({
      name: this.#name(member), handle: this.#store.user(userId, conversation).handle, role, status: this.#store.client.presenceOf(userId)?.status,
      self, roles: !self && mayManage(conversation.role, role) ? RANKS.slice(RANKS.indexOf(conversation.role)) : [],
    });
    return row.element;
  }

  async #message(userId) {
    try {
      const id = await this.#store.startDm(userId);
      this.close();
      this.#opened(id);
    } catch (problem) {
      this.#problem(problem);
    }
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
    if (!await this.#do(({ id }) => this.#store.client.rest.removeMember(id, this.#parting), this.#about)) return;
    byId('part-dialog').close();
    if (document.activeElement === document.body) byId('people').focus({ preventScroll: true });  // the row from which this was asked is gone
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
  async #do(work, conversation = this.#store.openConversation) {
    try {
      await work(conversation);
      return true;
    } catch (problem) {
      this.#problem(problem);
      return false;
    }
  }
}

function rank(member) { return RANKS.indexOf(member.role ?? 'member'); }

/** As the server decides; it is asked in any case. */
function mayManage(own, other) { return own !== null && rank({ role: own }) <= 1 && rank({ role: own }) <= rank({ role: other }); }
