// The messages of the open conversation. However many are loaded, only a window of them is on the page; it moves with the reader,
// who stays where they are: at the bottom while they are there, else at the message they look at.

import { arrange, byId, dayOf, el, sameDay, setText } from './dom.js';
import { MessageActions } from './actions.js';
import { flat } from './markdown.js';
import { notice } from './notice.js';
import { Row } from './row.js';

const NEAR_BOTTOM_PX = 80;
const NEAR_EDGE_PX = 400;
const TOGETHER_MS = 5 * 60_000;
const WINDOW = 160;
const STEP = 60;
const FLASH_MS = 1_600;

export class Transcript {
  #store;
  #scroller = byId('scroller');
  #list = byId('messages');
  #rows = new Map();
  #lines = new Map();
  #shown = null;
  #atBottom = true;
  /** Index behind the last message of the window; null: it reaches to the end. */
  #to = null;
  #moreBelow = false;
  #moreAbove = false;
  #newSince = null;
  #unseenBelow = false;
  #lastKey = null;
  #actions;
  #hooks;
  #watch = new ResizeObserver(() => { if (this.#atBottom) this.#jumpToEnd(); });

  /** hooks: {edit(entry), remove(entry), reply(entry), who(conversation, entry), problem(error)} */
  constructor(store, hooks) {
    this.#store = store;
    const nameOf = (userId) => store.nameOf(userId, this.#shown);
    const react = (entry, emoji, on) => store.react(entry.messageId, emoji, on);
    this.#hooks = {
      me: store.me, nameOf, react, mention: (handle) => this.#mention(handle),
      retry: (key) => store.client.retry(key), discard: (key) => store.client.discard(key),
      who: (entry) => hooks.who(this.#shown, entry), jump: (messageId) => this.jumpTo(messageId),
    };
    this.#actions = new MessageActions(this.#list, (element) => this.#rows.get(element.dataset.key)?.entry, { ...hooks, react, me: store.me });
    this.#scroller.onscroll = () => this.#scrolled();
    byId('to-newest').onclick = () => this.toBottom();
    byId('to-unread').onclick = () => this.#toUnread();
    this.#watch.observe(this.#scroller);
  }

  close() {
    this.#watch.disconnect();
    this.#actions.close();
    this.#list.replaceChildren();
  }

  /** The reader wants the end, e.g. after sending. */
  toBottom() {
    this.#atBottom = true;
    this.#unseenBelow = false;
    this.#to = null;
    this.draw();
    this.#jumpToEnd();
  }

  /** newSince: the last seq that was read before this conversation was opened, where there is news: its line goes after that. */
  show(conversation, newSince) {
    this.#shown = conversation;
    this.#rows.clear();
    this.#lines.clear();
    this.#newSince = newSince;
    this.#lastKey = null;
    this.#to = null;
    this.#list.replaceChildren();
    byId('to-unread').hidden = true;
    this.toBottom();
  }

  /** Brings a message into view, loading history as far as it takes. */
  async jumpTo(messageId) {
    const conversation = this.#shown;
    const { seq } = this.#store.quoted(conversation, messageId) ?? {};
    if (seq && await this.#store.loadBackTo(conversation, seq)) this.#jumpToSeq(conversation, seq);
  }

  async #toUnread() {
    const conversation = this.#shown;
    const since = this.#newSince;
    byId('to-unread').hidden = true;
    if (await this.#store.loadBackTo(conversation, since + 1)) this.#jumpToSeq(conversation, since + 1);
  }

  #jumpToSeq(conversation, seq) {
    if (this.#shown !== conversation) return;
    const index = conversation.messages.findIndex((message) => message.seq >= seq);
    if (index < 0) return;
    this.#atBottom = false;
    this.#to = Math.min(index + WINDOW / 2, conversation.messages.length);
    if (this.#to === conversation.messages.length) this.#to = null;
    this.draw();
    const row = [...this.#list.querySelectorAll('.message')].find((element) => Number(element.dataset.seq) >= seq);
    if (!row) return;
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
    row.classList.add('flash');
    setTimeout(() => row.classList.remove('flash'), FLASH_MS);
  }

  draw() {
    const conversation = this.#shown;
    if (!conversation) return;
    const { history } = conversation;
    // A page of history is not news to be read out.
    this.#scroller.setAttribute('aria-busy', String(history.loading || !history.loaded));
    const entries = history.loaded ? this.#window(conversation) : this.#pending(conversation);
    const anchor = this.#atBottom ? null : this.#anchor();
    arrange(this.#list, this.#withLines(conversation, entries));
    const newest = entries.at(-1)?.key ?? null;
    if (newest !== this.#lastKey && this.#lastKey !== null && !this.#atBottom && this.#to === null) this.#unseenBelow = true;
    this.#lastKey = newest;
    this.#drawState(conversation, entries);
    this.#actions.drawn();
    if (this.#atBottom) this.#jumpToEnd();
    else if (anchor?.element.isConnected) this.#scroller.scrollTop += anchor.element.getBoundingClientRect().top - anchor.top;
    this.#drawButtons(conversation);
    // At the very top nothing scrolls any more, so nothing would ask for what has come in above.
    if (!this.#atBottom && this.#moreAbove && this.#scroller.scrollTop < NEAR_EDGE_PX) this.#older();
  }

  #drawState({ history }, entries) {
    const state = history.loading || !history.loaded ? 'Loading messages…'
      : entries.length === 0 ? 'No messages yet. Say hello.'
      : history.hasMore || this.#moreAbove ? 'Scroll up for older messages' : 'The conversation starts here';
    setText(byId('history-state'), state);
    byId('history-state').classList.toggle('welcome', history.loaded && !history.loading && entries.length === 0);
  }

  /** The message that the reader looks at, and where it is on the screen. */
  #anchor() {
    const { top } = this.#scroller.getBoundingClientRect();
    for (const element of this.#list.children) {
      const box = element.getBoundingClientRect();
      if (box.bottom > top && element.classList.contains('message')) return { element, top: box.top };
    }
    return null;
  }

  /** The messages of the window, and among them what else happened, in the order of changeSeq. */
  #window(conversation) {
    const { messages } = conversation;
    if (this.#to !== null && this.#to >= messages.length) this.#to = null;
    const to = this.#to ?? messages.length;
    const from = Math.max(0, to - WINDOW);
    this.#moreAbove = from > 0;
    this.#moreBelow = this.#to !== null;
    const shown = messages.slice(from, to);
    const entries = shown.map((message) => this.#sent(conversation, message));
    const first = from > 0 || conversation.history.hasMore ? shown[0]?.changeSeq ?? 0 : 0;
    const last = this.#moreBelow ? shown.at(-1).changeSeq : Infinity;
    for (const change of conversation.notices) {
      if (change.changeSeq < first || change.changeSeq > last) continue;
      const text = notice(change, this.#hooks.nameOf);
      if (text) entries.push({ key: `notice-${change.changeSeq}`, notice: text, at: Date.parse(change.at), changeSeq: change.changeSeq, seq: change.seq });
    }
    entries.sort((one, other) => one.changeSeq - other.changeSeq);
    if (!this.#moreBelow) entries.push(...this.#pending(conversation));
    return entries;
  }

  #pending(conversation) { return this.#store.pendingOf(conversation.id).map((entry) => this.#waiting(conversation, entry)); }

  #sent(conversation, message) {
    const own = message.senderId === this.#store.me;
    return {
      key: own && message.clientMsgId ? message.clientMsgId : message.messageId,
      own,
      sender: message.senderId,
      name: this.#hooks.nameOf(message.senderId),
      at: Date.parse(message.createdAt),
      body: message.deleted ? { text: 'This message was deleted' } : message.body ?? { text: '' },
      deleted: Boolean(message.deleted),
      edited: Boolean(message.editedAt),
      reactions: message.reactions ?? {},
      quote: message.deleted ? null : this.#quote(conversation, message.replyTo),
      replyTo: message.replyTo,
      forMe: !own && (message.mentions?.includes(this.#store.me) || Boolean(message.mentionsChannel)),
      mayAnswer: !message.deleted && !conversation.left && conversation.role !== 'readonly',
      mayRemove: !message.deleted && !conversation.left && (own || ['owner', 'admin'].includes(conversation.role)),
      state: own ? conversation.tick(message) : '',
      seq: message.seq,
      changeSeq: message.changeSeq,
      messageId: message.messageId,
      handlesKnown: conversation.membersComplete,  // mentions are painted anew when it is
    };
  }

  #waiting(conversation, entry) {
    return {
      key: entry.clientMsgId, own: true, sender: this.#store.me, name: '', at: entry.at, body: entry.body,
      reactions: {}, quote: this.#quote(conversation, entry.replyTo), replyTo: entry.replyTo, mayAnswer: false, mayRemove: false,
      state: entry.failed ? 'failed' : 'pending', why: entry.failed, seq: '', messageId: '',
    };
  }

  #quote(conversation, messageId) {
    if (!messageId) return null;
    const message = this.#store.quoted(conversation, messageId);
    if (!message) return { name: '', text: '…' };
    if (!message.messageId || message.deleted) return { name: '', text: 'A message that is gone' };
    return { name: this.#hooks.nameOf(message.senderId), text: flat(message.body).slice(0, 160) };
  }

  /** A mention of oneself stands out; a word that is nobody's handle is a word. */
  #mention(handle) {
    if (handle === 'channel') return 'mention me';
    const member = this.#shown.present.find((one) => one.handle === handle);
    if (!member) return '';
    return member.userId === this.#store.me ? 'mention me' : 'mention';
  }

  /** The rows with days, and the line above the first message that was new. */
  #withLines(conversation, entries) {
    const nodes = [];
    const seen = new Set();
    let before = null;
    for (const entry of entries) {
      if (seen.has(entry.key)) continue;
      seen.add(entry.key);
      const at = new Date(entry.at);
      const newDay = !before || !sameDay(new Date(before.at), at);
      if (newDay) nodes.push(this.#line(`day-${at.toDateString()}`, 'day', dayOf(at), seen));
      if (entry.notice) {
        nodes.push(this.#line(entry.key, 'notice', entry.notice, seen));
        before = entry;
        continue;
      }
      const firstNew = this.#newSince !== null && entry.seq > this.#newSince && (!before || before.seq <= this.#newSince)
        && (before !== null || entry.seq === this.#newSince + 1);
      if (firstNew) nodes.push(this.#line('new', 'day new', 'New messages', seen));
      const joins = !newDay && !firstNew && before.sender === entry.sender && entry.at - before.at < TOGETHER_MS;
      nodes.push(this.#row(conversation, entry, joins));
      before = entry;
    }
    for (const kept of [this.#rows, this.#lines]) for (const key of kept.keys()) if (!seen.has(key)) kept.delete(key);
    return nodes;
  }

  #line(key, className, text, seen) {
    seen.add(key);
    const known = this.#lines.get(key) ?? el('li', { className: `line ${className}` }, el('span', { attributes: { dir: 'auto' } }));
    setText(known.firstChild, text);
    this.#lines.set(key, known);
    return known;
  }

  #row(conversation, entry, joins) {
    let row = this.#rows.get(entry.key);
    if (!row) {
      row = new Row(entry.key, entry.own, this.#hooks);
      this.#rows.set(entry.key, row);
    }
    row.paint(entry, { joins, named: !joins && conversation.type !== 'dm', dm: conversation.type === 'dm' });
    return row.element;
  }

  #scrolled() {
    if (!this.#shown) return;
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const below = scrollHeight - scrollTop - clientHeight;
    this.#atBottom = below < NEAR_BOTTOM_PX && !this.#moreBelow;
    if (this.#atBottom) this.#unseenBelow = false;
    if (scrollTop < NEAR_EDGE_PX && !this.#atBottom) this.#older();
    else if (below < NEAR_EDGE_PX && this.#moreBelow) this.#newer();
    this.#drawButtons(this.#shown);
  }

  #older() {
    if (!this.#moreAbove) {
      this.#store.loadOlder();
      return;
    }
    this.#to = Math.max(WINDOW, (this.#to ?? this.#shown.messages.length) - STEP);
    this.draw();
  }

  #newer() {
    this.#to += STEP;
    this.draw();
  }

  #drawButtons(conversation) {
    const newest = byId('to-newest');
    newest.hidden = this.#atBottom;
    setText(newest, this.#unseenBelow ? '↓ New messages' : '↓ Newest');
    const unread = byId('to-unread');
    const first = this.#list.querySelector('.message[data-seq]')?.dataset.seq;
    const above = this.#newSince !== null && Number(first) > this.#newSince + 1;
    if (!above) unread.hidden = true;
    else if (this.#atBottom) unread.hidden = false;
    if (above) setText(unread, `↑ ${conversation.headSeq - this.#newSince} new messages`);
  }

  #jumpToEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    // A page too short to scroll would never ask for the one before it.
    if (this.#shown?.history.hasMore && this.#scroller.scrollHeight <= this.#scroller.clientHeight) this.#store.loadOlder();
  }
}
