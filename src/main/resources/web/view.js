// The signed-in page: conversation list, the open conversation, the connection line. Reads the store, calls its verbs.

import { Channels } from './channels.js';
import { Dialogs } from './dialogs.js';
import { arrange, briefly, byId, coalesced, el, paintAvatar, setText } from './dom.js';
import { EditDialog } from './edit.js';
import { People } from './people.js';
import { Transcript } from './transcript.js';

const TOAST_MS = 6_000;
const MAX_TEXT_BYTES = 16_384;

export class View {
  #store;
  #transcript;
  #dialogs;
  #edit;
  #channels;
  #people;
  #items = new Map();
  #waitingUntil = 0;
  #countdown = 0;
  #listeners = new AbortController();
  #drawSoon = coalesced(() => this.#draw());

  constructor(store, session, signOut) {
    this.#store = store;
    this.#transcript = new Transcript(store, (messageId, text) => this.#edit.open(messageId, text));
    this.#edit = new EditDialog(store, toast);
    this.#dialogs = new Dialogs(store, (id) => this.#go(id), toast);
    this.#channels = new Channels(store, (id) => this.#go(id), toast);
    this.#people = new People(store, toast);
    setText(byId('me-name'), session.displayName);
    setText(byId('me-handle'), `@${session.handle}`);
    byId('sign-out').onclick = signOut;
    byId('try-now').onclick = () => store.tryNow();
    byId('more-conversations').onclick = () => store.moreConversations();
    byId('back').onclick = () => this.#go(null);
    byId('composer').onsubmit = (event) => { event.preventDefault(); this.#send(); };
    byId('text').oninput = fitText;
    byId('text').onkeydown = (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.#send(); }
    };
    const { signal } = this.#listeners;
    addEventListener('hashchange', () => this.#follow(), { signal });
    document.addEventListener('visibilitychange', () => { store.seen(); this.#drawSoon(); }, { signal });
    addEventListener('pagehide', () => store.leaving(), { signal });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]') && store.openConversation) this.#go(null);
    }, { signal });
    this.#follow();
    this.#draw();
  }

  close() {
    this.#listeners.abort();
    clearInterval(this.#countdown);
    this.#dialogs.close();
    this.#edit.close();
    this.#channels.close();
    this.#people.close();
    this.#transcript.close();
    byId('conversations').replaceChildren();
    byId('open').hidden = true;
    byId('text').value = '';
    delete byId('chat').dataset.open;
    document.title = 'Parley';
  }

  changed() {
    // A conversation named in the address may only now have become known.
    if (!this.#store.openConversation && this.#wanted()) this.#follow();
    this.#drawSoon();
  }

  connection(state, detail) {
    clearInterval(this.#countdown);
    const words = {
      connecting: 'Connecting…', syncing: 'Catching up…', online: 'Connected', waiting: 'No connection.', ended: 'Signed out',
    };
    byId('connection').dataset.state = state;
    // Trying again in between is still "no connection" to the user.
    setText(byId('connection-text'), state === 'connecting' && this.#waitingUntil > 0 ? 'Reconnecting…' : words[state]);
    byId('try-now').hidden = state !== 'waiting';
    if (state === 'online') this.#waitingUntil = 0;
    setText(byId('connection-countdown'), '');
    if (state !== 'waiting') return;
    this.#waitingUntil = detail.until;
    const count = () => {
      const seconds = Math.ceil((this.#waitingUntil - Date.now()) / 1000);
      setText(byId('connection-countdown'), seconds > 1 ? `Next try in ${seconds} s` : 'Trying again');
    };
    count();
    this.#countdown = setInterval(count, 500);
  }

  // --- which conversation is open: the address says (so that Back works) ---

  #wanted() { return decodeURIComponent(/^#\/c\/(.+)$/.exec(location.hash)?.[1] ?? ''); }

  #go(id) {
    if (id === null) history.pushState(null, '', location.pathname);
    else if (this.#wanted() !== id) history.pushState(null, '', `#/c/${encodeURIComponent(id)}`);
    this.#follow();
    if (id !== null && matchMedia('(hover: hover)').matches) byId('text').focus();
  }

  #follow() {
    const id = this.#wanted();
    const conversation = this.#store.conversation(id);
    if (!id || !conversation?.described) {
      this.#store.close();
      delete byId('chat').dataset.open;
    } else if (this.#store.openConversation !== conversation) {
      byId('chat').dataset.open = id;
      byId('text').value = '';
      fitText();
      this.#transcript.show(conversation, conversation.readSeq);
      this.#store.open(id);
    }
    this.#draw();
  }

  #send() {
    const text = byId('text').value.trim();
    if (!text || !this.#store.openConversation) return;
    if (new TextEncoder().encode(text).length > MAX_TEXT_BYTES) {
      toast(new Error('That is too long: a message holds 16 KiB of text.'));
      return;
    }
    byId('text').value = '';
    fitText();
    this.#transcript.toBottom();
    this.#store.send(text);
  }

  // --- drawing ---

  #draw() {
    const store = this.#store;
    const { conversations, openConversation } = store;
    arrange(byId('conversations'), conversations.map((conversation) => this.#item(conversation)));
    byId('no-conversations').hidden = conversations.length > 0 || !store.inboxLoaded;
    byId('more-conversations').hidden = !store.hasMoreConversations;
    const unread = conversations.filter((conversation) => conversation.unread > 0).length;
    document.title = unread > 0 ? `(${unread}) Parley` : 'Parley';
    byId('nothing-open').hidden = openConversation !== null;
    byId('open').hidden = openConversation === null;
    if (openConversation === null) return;
    const name = this.#name(openConversation);
    setText(byId('open-title'), name);
    setText(byId('open-subtitle'), this.#subtitle(openConversation));
    paintAvatar(byId('open-avatar'), name, colourKey(openConversation));
    byId('text').disabled = byId('send').disabled = openConversation.left;
    byId('text').placeholder = openConversation.left ? 'You are no longer a member' : `Message ${name}`;
    byId('show-people').hidden = openConversation.type === 'dm' || openConversation.left;
    this.#people.draw();
    this.#transcript.draw();
  }

  #item(conversation) {
    let item = this.#items.get(conversation.id);
    if (!item) {
      const button = el('button', { className: 'conversation', data: { conversationId: conversation.id }, attributes: { type: 'button' } },
        el('span', { className: 'avatar', attributes: { 'aria-hidden': 'true' } }),
        el('span', { className: 'first' }, el('strong', { className: 'name', attributes: { dir: 'auto' } }), el('time')),
        el('span', { className: 'second' }, el('span', { className: 'preview', attributes: { dir: 'auto' } }),
          el('span', { className: 'badge' })));
      button.onclick = () => this.#go(conversation.id);
      item = el('li', {}, button);
      this.#items.set(conversation.id, item);
    }
    const find = (selector) => item.querySelector(selector);
    const name = this.#name(conversation);
    const { at, text } = this.#preview(conversation);
    paintAvatar(find('.avatar'), name, colourKey(conversation));
    setText(find('.name'), name);
    setText(find('time'), at ? briefly(at) : '');
    setText(find('.preview'), text);
    const badge = find('.badge');
    badge.hidden = conversation.unread === 0;
    badge.dataset.unread = conversation.unread;
    setText(badge, conversation.unread > 99 ? '99+' : String(conversation.unread));
    badge.setAttribute('aria-label', `${conversation.unread} unread`);
    const open = this.#store.openConversation === conversation;
    item.firstChild.classList.toggle('unread', conversation.unread > 0);
    if (open) item.firstChild.setAttribute('aria-current', 'true');
    else item.firstChild.removeAttribute('aria-current');
    return item;
  }

  #name(conversation) {
    if (conversation.type !== 'dm') return conversation.title || 'Group without a title';
    const [partner] = conversation.others;
    return partner ? this.#store.nameOf(partner.userId, conversation) : 'Direct chat';
  }

  #subtitle(conversation) {
    if (conversation.type === 'dm') return conversation.others[0]?.handle ? `@${conversation.others[0].handle}` : '';
    if (conversation.type === 'channel' && conversation.topic) return conversation.topic;
    if (!conversation.membersComplete || conversation.type === 'channel') return conversation.memberCount > 0 ? `${conversation.memberCount} members` : '';
    const names = conversation.others.map((member) => this.#store.nameOf(member.userId, conversation));
    return [...names.slice(0, 8), 'you'].join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
  }

  #preview(conversation) {
    const waiting = this.#store.pending.of(conversation.id).at(-1);
    if (waiting) return { at: new Date(waiting.at), text: `${waiting.failed ? 'Not sent' : 'Sending'}: ${waiting.text}` };
    const message = conversation.lastMessage;
    if (!message) return { text: 'No messages yet' };
    const who = message.senderId === this.#store.me ? 'You: '
      : conversation.type === 'dm' ? '' : `${this.#store.nameOf(message.senderId, conversation)}: `;
    return { at: new Date(message.createdAt), text: who + (message.deleted ? 'message deleted' : message.body?.text ?? '') };
  }
}

/** A dm bears its partner's colour. */
function colourKey(conversation) {
  return conversation.type === 'dm' ? conversation.others[0]?.userId ?? conversation.id : conversation.id;
}

function fitText() {
  const field = byId('text');
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + 2}px`;
}

/** Tells the user what went wrong, in the server's words. */
export function toast(problem) {
  const shown = [...byId('toasts').children].find((one) => one.firstChild.textContent === problem.message);
  shown?.remove();
  const close = el('button', { className: 'remove', attributes: { type: 'button', 'aria-label': 'Dismiss' }, text: '✕' });
  const message = el('div', { className: 'toast' }, el('span', { text: problem.message }), close);
  close.onclick = () => message.remove();
  byId('toasts').append(message);
  setTimeout(() => message.remove(), TOAST_MS);
}
