// The field in which a message is written: its draft, the message that it answers, mentions offered while typing.

import { byId, el, paintAvatar, setText } from './dom.js';
import { Drafts } from './drafts.js';
import { pickEmoji } from './emoji.js';
import { composing, enterSends } from './keys.js';
import { bodyOf, flat } from './markdown.js';
import { toast } from './toast.js';

const MOST_OFFERS = 6;
const MOST_QUOTED = 160;
const NOTHING = { text: '', replyTo: null };
const WORD_BEFORE_CURSOR = /(^|\s)@([\p{L}\p{N}_.-]*)$/u;

export class Composer {
  #store;
  #sent;
  #text = byId('text');
  #drafts;
  #conversation = null;
  /** {messageId, name, text}, or null. */
  #replyTo = null;
  #offers = [];
  #chosen = 0;

  /** sent(): the user has sent something. */
  constructor(store, sent) {
    this.#store = store;
    this.#sent = sent;
    this.#drafts = new Drafts(store.me);
    byId('composer').onsubmit = (event) => { event.preventDefault(); this.#send(); };
    this.#text.oninput = () => this.#typed();
    this.#text.onkeydown = (event) => this.#key(event);
    this.#text.onblur = () => { if (this.#conversation) store.client.typing(this.#conversation.id, false); };
    byId('reply-close').onclick = () => this.reply(null);
    byId('insert-emoji').onclick = () => pickEmoji((emoji) => this.#insert(emoji));
    byId('mention-offers').onpointerdown = byId('send').onmousedown = (event) => event.preventDefault();  // the field keeps the focus
    byId('rejoin').onclick = () => this.#rejoin();
  }

  /** Shows the draft of this conversation; null: of none. */
  show(conversation) {
    if (conversation === this.#conversation) return;
    this.#conversation = conversation;
    this.#put(conversation ? this.#drafts.get(conversation.id) : NOTHING);
  }

  /** Another tab has sent this draft, or changed it: so it is here, where nothing else has been written. */
  stored(event) {
    const draft = this.#conversation && this.#drafts.heard(event, this.#conversation.id);
    if (draft && this.#text.value === draft.before.text) this.#put(draft.after);
  }

  #put({ text, replyTo }) {
    this.#text.value = text;
    this.#answers(replyTo);
    this.#offer();
    fit(this.#text);
  }

  draw() {
    const { left, role, type } = this.#conversation;
    const mayWrite = !left && role !== 'readonly';
    this.#text.disabled = byId('send').hidden = byId('insert-emoji').hidden = !mayWrite;
    byId('rejoin').hidden = !left || type !== 'channel';
    this.#text.enterKeyHint = enterSends() ? 'send' : 'enter';
    this.#text.placeholder = left ? 'You are no longer a member' : mayWrite ? 'Write a message' : 'You may read here';
  }

  focus() { this.#text.focus(); }

  /** The next message answers this one; null: none. */
  reply(entry) {
    const quoted = () => ({ messageId: entry.messageId, name: entry.own ? 'You' : entry.name, text: flat(entry.body).slice(0, MOST_QUOTED) });
    this.#answers(entry ? quoted() : null);
    this.#keep();
    if (entry) this.focus();
  }

  #answers(replyTo) {
    this.#replyTo = replyTo;
    byId('reply').hidden = replyTo === null;
    if (replyTo === null) return;
    setText(byId('reply-name'), replyTo.name);
    setText(byId('reply-text'), replyTo.text);
  }

  #keep() { this.#drafts.set(this.#conversation.id, { text: this.#text.value, replyTo: this.#replyTo }); }

  #typed() {
    fit(this.#text);
    this.#keep();
    this.#store.client.typing(this.#conversation.id, this.#text.value !== '');
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
    const replyTo = this.#replyTo?.messageId;
    this.#text.value = '';
    this.#answers(null);
    this.#store.send(this.#conversation, body, replyTo);
    this.#typed();
    this.#sent();
    this.focus();
  }

  async #rejoin() {
    const conversation = this.#conversation;
    byId('rejoin').disabled = true;
    try {
      await this.#store.joinAgain(conversation);
      if (conversation !== this.#conversation) return;
      this.draw();
      this.focus();
    } catch (problem) {
      toast(problem);
    } finally {
      byId('rejoin').disabled = false;
    }
  }

  #insert(words) {
    this.#text.setRangeText(words, this.#text.selectionStart, this.#text.selectionEnd, 'end');
    this.focus();
    this.#typed();
  }

  #key(event) {
    if (composing(event)) return;
    if (this.#offers.length > 0 && this.#offerKey(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Enter' && !event.shiftKey && enterSends()) {
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
