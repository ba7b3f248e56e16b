// The messages of the open conversation. Keeps one element a message, so that redrawing moves nothing; stays at the
// bottom while the reader is there, and holds the reader's place while older pages come in above.

import { arrange, byId, dayOf, el, paintAvatar, sameDay, setText, timeOf } from './dom.js';

const NEAR_BOTTOM_PX = 80;
const NEAR_TOP_PX = 200;
const TOGETHER_MS = 5 * 60_000;
const LIKE = '👍';
const TICKS = {
  pending: ['◷', 'Sending'],
  sent: ['✓', 'Sent'],
  delivered: ['✓✓', 'Delivered'],
  read: ['✓✓', 'Read'],
  failed: ['!', 'Not sent'],
};

export class Transcript {
  #store;
  #edit;
  #scroller = byId('scroller');
  #list = byId('messages');
  #rows = new Map();
  #shown = null;
  #atBottom = true;
  #newSince = null;
  #unseenBelow = false;
  #lastKey = null;

  /** edit(messageId, text): the user wants to change a message of their own. */
  constructor(store, edit) {
    this.#store = store;
    this.#edit = edit;
    this.#scroller.onscroll = () => this.#scrolled();
    byId('to-newest').onclick = () => this.toBottom();
    this.#watch = new ResizeObserver(() => { if (this.#atBottom) this.#jump(); });
    this.#watch.observe(this.#scroller);
  }

  #watch;

  close() {
    this.#watch.disconnect();
    this.#list.replaceChildren();
  }

  /** The reader wants the end, e.g. after sending. */
  toBottom() {
    this.#atBottom = true;
    this.#unseenBelow = false;
    this.#jump();
  }

  /** readSeq: what was read before this conversation was opened; the line "New messages" goes after it. */
  show(conversation, readSeq) {
    this.#shown = conversation;
    this.#rows.clear();
    this.#newSince = conversation.unread > 0 && readSeq > 0 ? readSeq : null;
    this.#lastKey = null;
    this.#list.replaceChildren();
    this.toBottom();
    this.draw();
  }

  draw() {
    const conversation = this.#shown;
    if (!conversation) return;
    const { history } = conversation;
    // A page of history is not news to be read out.
    this.#scroller.setAttribute('aria-busy', String(history.loading || !history.loaded));
    const entries = history.loaded ? this.#withNotices(conversation) : [];
    entries.push(...this.#store.pending.of(conversation.id).map((entry) => this.#waiting(entry)));

    const fromBottom = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    const topBefore = this.#list.querySelector('.message')?.dataset.key;
    arrange(this.#list, this.#withLines(conversation, entries));
    const newest = entries.at(-1)?.key ?? null;
    if (newest !== this.#lastKey && this.#lastKey !== null && !this.#atBottom) this.#unseenBelow = true;
    this.#lastKey = newest;

    const state = history.loading || !history.loaded ? 'Loading messages…'
      : entries.length === 0 ? 'No messages yet. Say hello.'
      : history.hasMore ? 'Scroll up for older messages' : 'The conversation starts here';
    setText(byId('history-state'), state);
    byId('history-state').hidden = false;
    const grewAbove = topBefore !== undefined && topBefore !== this.#list.querySelector('.message')?.dataset.key;
    if (this.#atBottom) this.#jump();
    else if (grewAbove) this.#scroller.scrollTop = this.#scroller.scrollHeight - fromBottom;
    this.#drawToNewest();
  }

  /** Messages, and among them what else happened since the oldest of them, in the order of changeSeq. */
  #withNotices(conversation) {
    const entries = conversation.messages.map((message) => ({ ...this.#sent(conversation, message), changeSeq: message.changeSeq }));
    const from = conversation.history.hasMore ? entries[0]?.changeSeq ?? 0 : 0;
    for (const change of conversation.notices) {
      const text = change.changeSeq >= from ? notice(change, (userId) => this.#store.nameOf(userId, conversation)) : '';
      if (text) entries.push({ key: `notice-${change.changeSeq}`, notice: text, at: new Date(change.at), changeSeq: change.changeSeq, seq: change.seq });
    }
    return entries.sort((one, other) => one.changeSeq - other.changeSeq);
  }

  #sent(conversation, message) {
    const own = message.senderId === this.#store.me;
    return {
      key: own && message.clientMsgId ? message.clientMsgId : message.messageId,
      own,
      sender: message.senderId,
      name: this.#store.nameOf(message.senderId, conversation),
      at: new Date(message.createdAt),
      text: message.deleted ? 'This message was deleted' : message.body?.text ?? '',
      deleted: Boolean(message.deleted),
      edited: Boolean(message.editedAt),
      reactions: message.reactions ?? {},
      mayAlter: !message.deleted && !conversation.left,
      state: own ? conversation.tick(message) : '',
      seq: message.seq,
      messageId: message.messageId,
    };
  }

  #waiting(entry) {
    return {
      key: entry.clientMsgId, own: true, sender: this.#store.me, name: '', at: new Date(entry.at), text: entry.text,
      reactions: {}, mayAlter: false, state: entry.failed ? 'failed' : 'pending', why: entry.failed, seq: '', messageId: '',
    };
  }

  /** The rows with days, and the line above the first message that was new. */
  #withLines(conversation, entries) {
    const nodes = [];
    const seen = new Set();
    let before = null;
    for (const entry of entries) {
      if (seen.has(entry.key)) continue;
      seen.add(entry.key);
      const newDay = !before || !sameDay(before.at, entry.at);
      if (newDay) nodes.push(this.#line(`day-${entry.at.toDateString()}`, 'day', dayOf(entry.at)));
      if (entry.notice) {
        nodes.push(this.#line(entry.key, 'notice', entry.notice));
        before = entry;
        continue;
      }
      const firstNew = this.#newSince !== null && entry.seq > this.#newSince && (!before || before.seq <= this.#newSince);
      if (firstNew) nodes.push(this.#line('new', 'day new', 'New messages'));
      const joins = !newDay && !firstNew && before.sender === entry.sender && entry.at - before.at < TOGETHER_MS;
      nodes.push(this.#row(conversation, entry, joins));
      before = entry;
    }
    for (const key of this.#rows.keys()) if (!seen.has(key) && !nodes.includes(this.#rows.get(key))) this.#rows.delete(key);
    return nodes;
  }

  #line(key, className, text) {
    const known = this.#rows.get(key) ?? el('li', { className: `line ${className}` }, el('span'));
    setText(known.firstChild, text);
    this.#rows.set(key, known);
    return known;
  }

  #row(conversation, entry, joins) {
    let row = this.#rows.get(entry.key);
    if (!row) {
      row = messageRow(entry.key, entry.own);
      this.#rows.set(entry.key, row);
    }
    const showName = !entry.own && !joins && conversation.type !== 'dm';
    row.className = ['message', entry.own ? 'own' : 'other', joins ? 'joins' : '', conversation.type === 'dm' ? 'dm' : '',
      entry.deleted ? 'deleted' : '', entry.state === 'failed' ? 'failed' : ''].filter(Boolean).join(' ');
    Object.assign(row.dataset, { state: entry.state, seq: entry.seq, messageId: entry.messageId });
    const find = (selector) => row.querySelector(selector);
    if (!entry.own) {
      paintAvatar(find('.avatar'), entry.name, entry.sender);
      setText(find('.sender'), entry.name);
      find('.sender').classList.toggle('hidden-label', !showName);  // a dm's sender is still read out
    }
    setText(find('.body'), entry.text);
    setText(find('time'), (entry.edited ? 'edited ' : '') + timeOf(entry.at));
    find('time').dateTime = entry.at.toISOString();
    if (entry.own) this.#paintTick(row, entry);
    this.#paintReactions(row, conversation, entry);
    return row;
  }

  /** Who set which, each a button that sets or takes back one's own; drawn anew only where something changed. */
  #paintReactions(row, conversation, entry) {
    const { me } = this.#store;
    const nameOf = (user) => (user === me ? 'you' : this.#store.nameOf(user, conversation));
    const shown = Object.entries(entry.reactions).map(([emoji, users]) => ({ emoji, mine: users.includes(me), names: users.map(nameOf) }));
    const drawn = JSON.stringify([entry.mayAlter, entry.text, shown]);
    if (row.dataset.drawn === drawn) return;
    row.dataset.drawn = drawn;
    row.querySelector('.reactions').replaceChildren(...shown.map(({ emoji, mine, names }) => {
      const attributes = { 'aria-pressed': String(mine), 'aria-label': `${emoji} by ${names.join(', ')}`, title: names.join(', ') };
      const button = this.#button(`reaction${mine ? ' mine' : ''}`, `${emoji} ${names.length}`, attributes, () => this.#store.react(entry.messageId, emoji, !mine));
      button.disabled = !entry.mayAlter;
      return button;
    }));
    const actions = [];
    if (entry.mayAlter && !entry.reactions[LIKE]) {
      actions.push(this.#button('reaction', LIKE, { 'aria-label': `React with ${LIKE}` }, () => this.#store.react(entry.messageId, LIKE, true)));
    }
    if (entry.mayAlter && entry.own) {
      actions.push(this.#button('reaction', 'Edit', { 'data-action': 'edit' }, () => this.#edit(entry.messageId, entry.text)));
    }
    row.querySelector('.actions').replaceChildren(...actions);
  }

  #button(className, text, attributes, clicked) {
    const button = el('button', { className, attributes: { type: 'button', ...attributes }, text });
    button.onclick = clicked;
    return button;
  }

  #paintTick(row, entry) {
    const [sign, label] = TICKS[entry.state];
    const tick = row.querySelector('.tick');
    if (tick.dataset.state !== entry.state) {
      tick.dataset.state = entry.state;
      tick.textContent = sign;
      tick.setAttribute('aria-label', label);
      tick.title = label;
    }
    let trouble = row.querySelector('.trouble');
    if (entry.state !== 'failed') {
      trouble?.remove();
    } else if (!trouble) {
      const retry = el('button', { className: 'link', attributes: { type: 'button', 'data-action': 'retry' }, text: 'Retry' });
      const discard = el('button', { className: 'link', attributes: { type: 'button', 'data-action': 'discard' }, text: 'Discard' });
      retry.onclick = () => this.#store.pending.retry(entry.key);
      discard.onclick = () => this.#store.pending.discard(entry.key);
      trouble = el('p', { className: 'trouble' }, el('span', { text: `Not sent: ${entry.why} ` }), retry, ' ', discard);
      row.querySelector('.bubble').append(trouble);
    }
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    this.#atBottom = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
    if (this.#atBottom) this.#unseenBelow = false;
    if (scrollTop < NEAR_TOP_PX && !this.#atBottom) this.#store.loadOlder();
    this.#drawToNewest();
  }

  #drawToNewest() {
    const button = byId('to-newest');
    button.hidden = this.#atBottom;
    setText(button, this.#unseenBelow ? '↓ New messages' : '↓ Newest');
  }

  #jump() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    // A page too short to scroll would never ask for the one before it.
    if (this.#shown?.history.hasMore && this.#scroller.scrollHeight <= this.#scroller.clientHeight) this.#store.loadOlder();
  }
}

/** What a change says that is no message; empty for what need not be said. */
function notice({ type, actorId, member, conversation }, name) {
  const actor = name(actorId);
  if (member) {
    const own = member.userId === actorId;
    const who = member.displayName || member.handle || name(member.userId);
    if (type === 'member.joined') return own ? `${who} joined` : `${actor} brought in ${who}`;
    if (type === 'member.left') return own ? `${who} left` : `${actor} removed ${who}`;
    return `${actor} made ${who} ${member.role}`;
  }
  if (conversation.title !== undefined) return `${actor} named this “${conversation.title}”`;
  if (conversation.topic !== undefined) return conversation.topic ? `${actor} set the topic: ${conversation.topic}` : `${actor} removed the topic`;
  return `${actor} changed the settings`;
}

function messageRow(key, own) {
  const meta = el('span', { className: 'meta' }, el('time'));
  if (own) meta.append(el('span', { className: 'tick', attributes: { role: 'img' } }));
  const bubble = el('div', { className: 'bubble' });
  if (!own) bubble.append(el('span', { className: 'sender', attributes: { dir: 'auto' } }));
  bubble.append(el('p', { className: 'body', attributes: { dir: 'auto' } }), meta,
    el('span', { className: 'reactions' }), el('span', { className: 'actions' }));
  const row = el('li', { className: 'message', data: { key } });
  if (!own) row.append(el('span', { attributes: { 'aria-hidden': 'true' } }));
  if (!own) row.firstChild.className = 'avatar';
  row.append(bubble);
  return row;
}
