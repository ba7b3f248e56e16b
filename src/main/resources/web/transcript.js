// The messages of the open conversation. However many are loaded, only a window of them is on the page; it moves with the reader,
// who stays where they are: at the bottom while they are there, else at the message they look at.

import { arrange, byId, coalesced, dayOf, el, sameDay, setText } from './dom.js';
import { MessageActions } from './actions.js';
import { Entries } from './entries.js';
import { notice } from './notice.js';
import { Range } from './range.js';
import { Row } from './row.js';

const NEAR_BOTTOM_PX = 80;
const NEAR_EDGE_PX = 600;
const TOGETHER_MS = 5 * 60_000;
const FLASH_MS = 1_600;

export class Transcript {
  #store;
  #scroller = byId('scroller');
  #list = byId('messages');
  #state = el('span');
  #tryAgain = el('button', { className: 'link', attributes: { type: 'button' }, text: 'Try again' });
  #rows = new Map();
  #lines = new Map();
  #shown = null;
  #atBottom = true;
  #range = new Range();
  #entries;
  #moreBelow = false;
  #moreAbove = false;
  /** What was new when the reader came: {since: the last seq before it, count: how many there are; 0: they know}, or null. */
  #news = null;
  #unseenBelow = false;
  #lastKey = null;
  #actions;
  #hooks;
  #watch = new ResizeObserver(() => { if (this.#atBottom) this.#jumpToEnd(); });
  #fillSoon = coalesced(() => this.#fill(false));
  #fillForReaderSoon = coalesced(() => this.#fill(true));

  /** hooks: {edit(entry), remove(entry), reply(entry), who(conversation, entry), reachedEnd(): the end has come into sight} */
  constructor(store, hooks) {
    this.#store = store;
    this.#entries = new Entries(store);
    const nameOf = (userId) => store.nameOf(userId, this.#shown);
    const react = (entry, emoji, on) => store.react(entry.messageId, emoji, on);
    this.#hooks = {
      me: store.me, nameOf, react, mention: (handle) => this.#entries.mention(this.#shown, handle),
      retry: (key) => store.client.retry(key), discard: (key) => store.client.discard(key),
      who: (entry) => hooks.who(this.#shown, entry), jump: (messageId) => this.jumpTo(messageId),
      reachedEnd: () => hooks.reachedEnd(),
    };
    this.#actions = new MessageActions(this.#list, (element) => this.#rows.get(element.dataset.key)?.entry, { ...hooks, react, me: store.me });
    byId('history-state').replaceChildren(this.#state, ' ', this.#tryAgain);
    this.#tryAgain.onclick = () => { if (this.#shown) store.open(this.#shown.id); };
    this.#scroller.onscroll = () => this.#scrolled();
    byId('to-newest').onclick = () => this.toBottom();
    byId('to-unread').onclick = () => this.#toUnread();
    this.#watch.observe(this.#scroller);
  }

  close() {
    this.#shown = null;
    this.#watch.disconnect();
    this.#actions.close();
    this.#list.replaceChildren();
  }

  /** The reader wants the end, e.g. after sending. */
  toBottom() {
    this.#atBottom = true;
    this.#unseenBelow = false;
    this.#range.toEnd();
    if (this.#shown?.hasNewer) this.#store.history.toNewest(this.#shown);
    this.draw();
    this.#jumpToEnd();
    this.#hooks.reachedEnd();
  }

  /** news: {since, count} where there is some: its line goes after the message with this seq. */
  show(conversation, news) {
    this.#shown = conversation;
    this.#rows.clear();
    this.#lines.clear();
    this.#news = news;
    this.#lastKey = null;
    this.#range = new Range();
    this.#list.replaceChildren();
    byId('to-unread').hidden = true;
    this.toBottom();
  }

  /** The reader has been away, and this is what has come. The way to it is not offered again to who has gone it. */
  mark(news) {
    const known = this.#news?.since === news.since && this.#news.count === 0;
    if (!known) this.#news = news;
  }

  /** Where what was new began when the reader came; null: nothing was. */
  get firstUnread() { return this.#news === null ? null : this.#news.since + 1; }

  isAtEndOf(conversation) { return conversation === this.#shown && this.#atBottom; }

  #toUnread() {
    this.#news = { ...this.#news, count: 0 };
    byId('to-unread').hidden = true;
    this.jumpToSeq(this.firstUnread);
  }

  /** Brings a message into view, loading history as far as it takes. */
  async jumpTo(messageId) {
    const { seq, changeSeq } = this.#store.quoted(this.#shown, messageId) ?? {};
    if (seq) await this.jumpToSeq(seq, changeSeq);
  }

  /** Brings the first message with this seq or a higher one into view, and the focus to it. changeSeq: its number, where it is known. */
  async jumpToSeq(seq, changeSeq) {
    const conversation = this.#shown;
    if (!await this.#store.history.back(conversation, seq, changeSeq) || this.#shown !== conversation) return;
    const index = conversation.messages.findIndex((message) => message.seq >= seq);
    if (index < 0) return;
    this.#atBottom = false;
    this.#range.around(conversation.messages, index, !conversation.hasNewer);
    this.draw();
    const row = [...this.#list.querySelectorAll('.message')].find((element) => Number(element.dataset.seq) >= seq);
    if (!row) return;
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
    this.#scrolled();  // where nothing has to be scrolled the browser does not say so
    row.classList.add('flash');
    setTimeout(() => row.classList.remove('flash'), FLASH_MS);
  }

  draw() {
    const conversation = this.#shown;
    if (!conversation) return;
    const entries = conversation.history.loaded ? this.#window(conversation) : this.#withoutHistory(conversation);
    const anchor = this.#atBottom ? null : this.#anchor();
    arrange(this.#list, this.#withLines(conversation, entries));
    const newest = entries.at(-1)?.key ?? null;
    if (newest !== this.#lastKey && this.#lastKey !== null && !this.#atBottom && !this.#moreBelow) this.#unseenBelow = true;
    this.#lastKey = newest;
    this.#drawState(conversation, entries);
    this.#actions.drawn();
    if (this.#atBottom) this.#jumpToEnd();
    else if (anchor?.element.isConnected) this.#scroller.scrollTop += anchor.element.getBoundingClientRect().top - anchor.top;
    this.#drawButtons(conversation);
    this.#fillSoon();
  }

  #drawState(conversation, entries) {
    const { history } = conversation;
    // What is tried again by itself is not said each time.
    const state = history.loading && !history.quiet ? 'Loading messages…'
      : history.failed ? (history.loaded ? 'Messages did not come. Scroll to try again.' : 'The messages cannot be loaded now.')
      : !history.loaded ? 'Loading messages…'
      : entries.length === 0 ? 'No messages yet. Say hello.'
      : history.hasMore || this.#moreAbove ? 'Scroll up for older messages' : 'The conversation starts here';
    setText(this.#state, state);
    // While it is asked again the button keeps the focus; when the messages are there, they get it.
    const focused = document.activeElement === this.#tryAgain;
    if (focused && history.loaded) this.#scroller.focus({ preventScroll: true });
    this.#tryAgain.hidden = history.loaded || !(conversation.missing || focused || history.quiet);
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

  /** What has come since the first page was asked for, and what waits: in sight before that comes. */
  #withoutHistory(conversation) {
    this.#moreAbove = this.#moreBelow = false;
    const live = conversation.live.map((message) => this.#entries.sent(conversation, message));
    return [...live, ...this.#entries.waiting(conversation)];
  }

  /** The messages of the window, and among them what else happened, in the order of changeSeq. */
  #window(conversation) {
    const { messages } = conversation;
    const { from, to } = this.#range.of(messages);
    this.#moreAbove = from > 0;
    this.#moreBelow = to < messages.length || conversation.hasNewer;
    const shown = messages.slice(from, to);
    const entries = shown.map((message) => this.#entries.sent(conversation, message));
    const first = from > 0 || conversation.history.hasMore ? shown[0]?.changeSeq ?? 0 : 0;
    const last = this.#moreBelow ? shown.at(-1)?.changeSeq ?? 0 : Infinity;
    for (const change of conversation.notices) {
      if (change.changeSeq < first || change.changeSeq > last) continue;
      const text = notice(change, this.#hooks.nameOf);
      if (text) entries.push({ key: `notice-${change.changeSeq}`, notice: text, at: Date.parse(change.at), changeSeq: change.changeSeq, seq: change.seq });
    }
    entries.sort((one, other) => one.changeSeq - other.changeSeq);
    if (!this.#moreBelow) entries.push(...this.#entries.waiting(conversation));
    return entries;
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
      const first = this.firstUnread;
      const firstNew = first !== null && entry.seq >= first && (before ? before.seq < first : entry.seq === first);
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
    this.#atBottom = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX && !this.#moreBelow;
    if (this.#atBottom) {
      this.#unseenBelow = false;
      this.#hooks.reachedEnd();
    }
    this.#drawButtons(this.#shown);
    this.#fillForReaderSoon();
  }

  /** A few rows more at the end that the reader comes near to: once a frame, so that none takes long. byReader: they scrolled. */
  #fill(byReader) {
    const conversation = this.#shown;
    if (!conversation?.history.loaded) return;
    const { messages, history, hasNewer } = conversation;
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const mayLoad = byReader || !history.failed;
    if (scrollTop < NEAR_EDGE_PX && this.#moreAbove) {
      this.#range.older(messages);
    } else if (scrollHeight - scrollTop - clientHeight < NEAR_EDGE_PX && this.#range.of(messages).to < messages.length) {
      this.#range.newer(messages, !hasNewer);
    } else {
      // At the end nobody scrolls up yet, unless the page is too short for it.
      const above = this.#atBottom && !byReader ? scrollHeight <= clientHeight : scrollTop < NEAR_EDGE_PX;
      if (above && history.hasMore && mayLoad) this.#store.history.older(conversation);
      else if (hasNewer && mayLoad && scrollHeight - scrollTop - clientHeight < NEAR_EDGE_PX) this.#store.history.newer(conversation);
      return;
    }
    this.draw();
  }

  #drawButtons(conversation) {
    const newest = byId('to-newest');
    newest.hidden = this.#atBottom;
    setText(newest, this.#unseenBelow ? '↓ New messages' : '↓ Newest');
    const unread = byId('to-unread');
    const first = this.#list.querySelector('.message[data-seq]')?.dataset.seq;
    const { loaded } = conversation.history;  // else there is no way to them
    const count = this.#news?.count ?? 0;
    const above = loaded && count > 0 && Number(first) > this.firstUnread;
    if (!above) unread.hidden = true;
    else if (this.#atBottom) unread.hidden = false;
    if (above) setText(unread, `↑ ${count} new ${count === 1 ? 'message' : 'messages'}`);
  }

  #jumpToEnd() { this.#scroller.scrollTop = this.#scroller.scrollHeight; }
}
