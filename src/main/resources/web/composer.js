// The field in which a message is written: its draft, the message that it answers, mentions offered while typing.

import { byId, el, paintAvatar, setText } from './dom.js';
import { pickEmoji } from './emoji.js';
import { bodyOf, flat } from './markdown.js';
import { remembered } from './sdk/storage.js';
import { toast } from './toast.js';

const MOST_OFFERS = 6;
const WORD_BEFORE_CURSOR = /(^|\s)@([\p{L}\p{N}_.-]*)$/u;

export class Composer {
  #store;
  #sent;
  #text = byId('text');
  #conversation = null;
  #replyTo = null;
  #offers = [];
  #chosen = 0;

  /** sent(): the user has sent something. */
  constructor(store, sent) {
    this.#store = store;
    this.#sent = sent;
    byId('composer').onsubmit = (event) => { event.preventDefault(); this.#send(); };
    this.#text.oninput = () => this.#typed();
    this.#text.onkeydown = (event) => this.#key(event);
    this.#text.onblur = () => { if (this.#conversation) store.client.typing(this.#conversation.id, false); };
    byId('reply-close').onclick = () => this.reply(null);
    byId('insert-emoji').onclick = () => pickEmoji((emoji) => this.#insert(emoji));
    byId('mention-offers').onpointerdown = (event) => event.preventDefault();  // the field keeps the focus
  }

  /** Shows the draft of this conversation; null: of none. */
  show(conversation) {
    if (conversation === this.#conversation) return;
    this.#conversation = conversation;
    this.#text.value = conversation ? remembered.get(this.#draftKey()) ?? '' : '';
    this.reply(null);
    this.#offer();
    fit(this.#text);
  }

  draw() {
    const { left, role } = this.#conversation;
    const mayWrite = !left && role !== 'readonly';
    this.#text.disabled = byId('send').hidden = byId('insert-emoji').hidden = !mayWrite;
    this.#text.placeholder = left ? 'You are no longer a member' : mayWrite ? 'Write a message' : 'You may read here';
  }

  focus() { this.#text.focus(); }

  /** The next message answers this one; null: none. */
  reply(entry) {
    this.#replyTo = entry?.messageId ?? null;
    byId('reply').hidden = entry === null;
    if (entry === null) return;
    setText(byId('reply-name'), entry.own ? 'You' : entry.name);
    setText(byId('reply-text'), flat(entry.body));
    this.focus();
  }

  #draftKey() { return `parley.draft.${this.#store.me}.${this.#conversation.id}`; }

  #typed() {
    fit(this.#text);
    const { value } = this.#text;
    if (value) remembered.set(this.#draftKey(), value);
    else remembered.remove(this.#draftKey());
    this.#store.client.typing(this.#conversation.id, value !== '');
    this.#offer();
  }

  #send() {
    const text = this.#text.value.trim();
    if (!text || !this.#conversation) return;
    let body;
    try {
      body = bodyOf(text);
    } catch (tooLong) {
      toast(tooLong);
      return;
    }
    this.#text.value = '';
    this.#store.send(this.#conversation, body, this.#replyTo ?? undefined);
    this.reply(null);
    this.#typed();
    this.#sent();
  }

  #insert(words) {
    this.#text.setRangeText(words, this.#text.selectionStart, this.#text.selectionEnd, 'end');
    this.focus();
    this.#typed();
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.#offers.length > 0 && this.#offerKey(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === 'Escape' && this.#replyTo) {
      event.stopPropagation();
      this.reply(null);
    }
  }

  #offerKey(key) {
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      this.#chosen = (this.#chosen + (key === 'ArrowDown' ? 1 : this.#offers.length - 1)) % this.#offers.length;
      this.#drawOffers();
      return true;
    }
    if (key === 'Enter' || key === 'Tab') this.#take(this.#offers[this.#chosen]);
    else if (key === 'Escape') this.#offers = [];
    else return false;
    this.#drawOffers();
    return true;
  }

  /** Offers members whose handle or name begins with what stands after the @ before the cursor. */
  #offer() {
    const [, , word] = WORD_BEFORE_CURSOR.exec(this.#text.value.slice(0, this.#text.selectionStart)) ?? [];
    const begins = (text) => text?.toLowerCase().startsWith(word.toLowerCase());
    this.#offers = word === undefined || !this.#conversation ? [] : this.#conversation.others
      .map(({ userId }) => this.#store.user(userId, this.#conversation))
      .filter(({ handle, displayName }) => handle && (begins(handle) || displayName?.split(/\s+/).some(begins)))
      .slice(0, MOST_OFFERS);
    if (word !== undefined && word !== '' && this.#conversation?.type !== 'dm' && begins('channel')) {
      this.#offers.push({ handle: 'channel', displayName: 'Everybody here' });
    }
    this.#chosen = 0;
    this.#drawOffers();
  }

  #drawOffers() {
    const list = byId('mention-offers');
    list.hidden = this.#offers.length === 0;
    list.replaceChildren(...this.#offers.map((user, index) => {
      const avatar = el('span', { attributes: { 'aria-hidden': 'true' } });
      paintAvatar(avatar, user.displayName || user.handle, user.userId ?? user.handle);
      const option = el('li', { className: 'result', attributes: { role: 'option', id: `offer-${index}`, 'aria-selected': String(index === this.#chosen) } },
        avatar, el('span', { className: 'names' }, el('strong', { text: user.displayName || user.handle, attributes: { dir: 'auto' } }),
          el('span', { className: 'muted', text: `@${user.handle}` })));
      option.onclick = () => { this.#take(user); this.#drawOffers(); };
      return option;
    }));
    if (this.#offers.length > 0) this.#text.setAttribute('aria-activedescendant', `offer-${this.#chosen}`);
    else this.#text.removeAttribute('aria-activedescendant');
  }

  #take({ handle }) {
    const before = this.#text.value.slice(0, this.#text.selectionStart).replace(WORD_BEFORE_CURSOR, `$1@${handle} `);
    const after = this.#text.value.slice(this.#text.selectionStart);
    this.#text.value = before + after;
    this.#text.selectionStart = this.#text.selectionEnd = before.length;
    this.#typed();
  }
}

function fit(field) {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + 2}px`;
}
