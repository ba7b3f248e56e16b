// The list of conversations: only the rows in sight are on the page, so that thousands cost what a dozen does. Search is by name,
// and reads the rest of the inbox while it is at it.

import { arrange, briefly, byId, el, paintAvatar, paintPresence, presenceDot, setText } from './dom.js';
import { composing } from './keys.js';
import { flat } from './markdown.js';

const ROW_PX = 66;
const BEYOND = 6;

export class ConversationList {
  #store;
  #open;
  #scroller = byId('list');
  #list = byId('conversations');
  #items = new Map();
  #shown = [];
  #archive = false;
  #previews = new WeakMap();

  /** open(conversationId): the user chose it. */
  constructor(store, open) {
    this.#store = store;
    this.#open = open;
    this.#scroller.onscroll = () => this.#drawWindow();
    this.#resize.observe(this.#scroller);
    byId('search').oninput = () => { this.#scroller.scrollTop = 0; this.draw(); };
    byId('search').onkeydown = (event) => {
      if (composing(event)) return;
      if (event.key === 'Enter' && this.#shown.length > 0) this.#choose(this.#shown[0]);
      else if (event.key === 'ArrowDown') this.#focus(0);
      else if (event.key === 'Escape' && byId('search').value) { byId('search').value = ''; this.draw(); }
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    byId('show-archive').onclick = () => { this.#archive = !this.#archive; this.#scroller.scrollTop = 0; this.draw(); };
    this.#list.onkeydown = (event) => this.#key(event);
    this.#list.onclick = (event) => {
      const conversation = store.conversation(event.target.closest('.conversation')?.dataset.conversationId);
      if (conversation) this.#choose(conversation);
    };
  }

  #resize = new ResizeObserver(() => this.#drawWindow());

  close() {
    this.#resize.disconnect();
    this.#list.replaceChildren();
    byId('search').value = '';
  }

  /** Gives the focus to this conversation; where it is not in the list, to where the Tab key comes in. */
  focus(conversationId) {
    const index = this.#shown.findIndex(({ id }) => id === conversationId);
    if (index >= 0) this.#focus(index);
    else this.#list.querySelector('[tabindex="0"]')?.focus();
  }

  draw() {
    const all = this.#store.conversations;
    const words = byId('search').value.trim().toLowerCase();
    const archived = all.filter((conversation) => conversation.archived);
    if (archived.length === 0) this.#archive = false;
    this.#shown = words ? all.filter((one) => this.#store.titleOf(one).toLowerCase().includes(words))
      : all.filter((one) => one.archived === this.#archive);
    if (words) this.#store.moreConversations();
    byId('show-archive').hidden = archived.length === 0 || words !== '';
    setText(byId('show-archive'), this.#archive ? '← Back to all conversations' : `Archived (${archived.length})`);
    const none = byId('no-conversations');
    none.hidden = this.#shown.length > 0 || !this.#store.inboxLoaded || (words !== '' && this.#store.hasMoreConversations);
    setText(none.firstElementChild, words ? 'No conversation has such a name.' : 'No conversations yet.');
    byId('first-chat').hidden = words !== '';
    this.#drawWindow();
  }

  #drawWindow() {
    const { scrollTop, clientHeight } = this.#scroller;
    const from = Math.max(0, Math.floor(scrollTop / ROW_PX) - BEYOND);
    const to = Math.min(this.#shown.length, Math.ceil((scrollTop + clientHeight) / ROW_PX) + BEYOND);
    const visible = this.#shown.slice(from, to);
    const keep = new Set(visible.map(({ id }) => id));
    for (const id of this.#items.keys()) if (!keep.has(id)) this.#items.delete(id);
    arrange(this.#list, visible.map((conversation, index) => this.#item(conversation, from + index)));
    this.#list.style.paddingTop = `${from * ROW_PX}px`;
    this.#list.style.paddingBottom = `${(this.#shown.length - to) * ROW_PX}px`;
    if (to >= this.#shown.length - BEYOND) this.#store.moreConversations();
  }

  #item(conversation, index) {
    let item = this.#items.get(conversation.id);
    if (!item) {
      item = el('li', {}, el('button', { className: 'conversation', data: { conversationId: conversation.id }, attributes: { type: 'button' } },
        el('span', { className: 'face' }, el('span', { className: 'avatar', attributes: { 'aria-hidden': 'true' } }), presenceDot()),
        el('span', { className: 'first' }, el('strong', { className: 'name', attributes: { dir: 'auto' } }), el('time')),
        el('span', { className: 'second' }, el('span', { className: 'preview', attributes: { dir: 'auto' } }),
          el('span', { className: 'marks' }), el('span', { className: 'badge mentions' }), el('span', { className: 'badge count' }))));
      this.#items.set(conversation.id, item);
    }
    const find = (selector) => item.querySelector(selector);
    const button = item.firstChild;
    const name = this.#store.titleOf(conversation);
    const partner = conversation.type === 'dm' ? conversation.others[0]?.userId : undefined;
    const { at, text, typing } = this.#preview(conversation);
    paintAvatar(find('.avatar'), name, partner ?? conversation.id);
    const presence = find('.presence');
    paintPresence(presence, this.#store.client.presenceOf(partner)?.status);
    setText(find('.name'), name);
    setText(find('time'), at ? briefly(at) : '');
    setText(find('.preview'), text);
    find('.preview').classList.toggle('typing', typing);
    const marks = ['pinned', 'muted'].filter((mark) => (mark === 'pinned' ? conversation.pinnedRank !== null : conversation.muted));
    if (find('.marks').dataset.marks !== marks.join()) {
      find('.marks').dataset.marks = marks.join();
      find('.marks').replaceChildren(...marks.map((mark) => el('span', { className: mark, attributes: { role: 'img', 'aria-label': mark } })));
    }
    const badge = find('.count');
    badge.hidden = conversation.unread === 0;
    badge.dataset.unread = conversation.unread;
    setText(badge, atMost99(conversation.unread));
    badge.classList.toggle('quiet', conversation.muted);
    find('.mentions').hidden = conversation.mentions === 0;
    setText(find('.mentions'), conversation.mentions > 1 ? `@${atMost99(conversation.mentions)}` : '@');
    button.classList.toggle('unread', conversation.unread > 0);
    const there = presence.hidden ? '' : presence.getAttribute('aria-label');
    const unread = conversation.unread > 0 ? `${conversation.unread} unread` : '';
    const facts = [there, unread, mentioned(conversation), ...marks].filter(Boolean);
    const label = `${[name, ...facts].join(', ')}. ${text}`;
    if (button.getAttribute('aria-label') !== label) button.setAttribute('aria-label', label);
    const open = this.#store.openConversation === conversation;
    if (open) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
    // Most of the list is not on the page.
    item.setAttribute('aria-setsize', this.#shown.length);
    item.setAttribute('aria-posinset', index + 1);
    button.dataset.index = index;
    button.tabIndex = open || (index === 0 && !this.#shown.includes(this.#store.openConversation)) ? 0 : -1;
    return item;
  }

  #preview(conversation) {
    const typing = this.#store.client.typingIn(conversation.id);
    const waiting = this.#store.pendingOf(conversation.id).at(-1);
    const message = conversation.lastMessage;
    const at = waiting ? new Date(waiting.at) : message && new Date(message.createdAt);
    if (typing.length > 0) {
      const who = conversation.type === 'dm' ? '' : `${this.#store.nameOf(typing[0], conversation)} is `;
      return { at, text: `${who}typing…`, typing: true };
    }
    if (waiting) return { at, text: `${waiting.failed ? 'Not sent' : 'Sending'}: ${this.#flat(waiting.body)}`, typing: false };
    if (!message) return { text: 'No messages yet', typing: false };
    const who = message.senderId === this.#store.me ? 'You: '
      : conversation.type === 'dm' ? '' : `${this.#store.nameOf(message.senderId, conversation)}: `;
    return { at, text: who + (message.deleted ? 'message deleted' : this.#flat(message.body)), typing: false };
  }

  /** Parsing Markdown at every drawing would cost; a body does not change. */
  #flat(body) {
    if (!body) return '';
    if (!this.#previews.has(body)) this.#previews.set(body, flat(body).slice(0, 200));
    return this.#previews.get(body);
  }

  #choose(conversation) {
    byId('search').value = '';
    this.#open(conversation.id);
    this.draw();
  }

  #key(event) {
    const index = Number(event.target.closest('.conversation')?.dataset.index ?? -1);
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: this.#shown.length - 1 }[event.key];
    if (to === undefined || index < 0) return;
    event.preventDefault();
    if (to < 0) byId('search').focus();
    else this.#focus(Math.min(to, this.#shown.length - 1));
  }

  #focus(index) {
    const top = index * ROW_PX;
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + ROW_PX > scrollTop + clientHeight) this.#scroller.scrollTop = top + ROW_PX - clientHeight;
    this.#drawWindow();
    this.#list.querySelector(`[data-index="${index}"]`)?.focus();
  }
}

function atMost99(count) { return count > 99 ? '99+' : String(count); }

function mentioned({ mentions }) { return mentions === 0 ? '' : mentions === 1 ? 'mentions you' : `mentions you ${mentions} times`; }
