// The signed-in page: conversation list, the open conversation, the connection line. Reads the store, calls its verbs.

import { Attention } from './attention.js';
import { Channels } from './channels.js';
import { Composer } from './composer.js';
import { Dialogs } from './dialogs.js';
import { briefly, byId, coalesced, countOf, el, paintAvatar, setText, usable } from './dom.js';
import { EditDialog } from './edit.js';
import { JumpDialog } from './jump.js';
import { ConversationList } from './list.js';
import { ConversationMenu } from './menu.js';
import { badge, notify } from './notify.js';
import { People } from './people.js';
import { SettingsDialog } from './settings.js';
import { toast } from './toast.js';
import { Transcript } from './transcript.js';
import { showWho } from './who.js';

export class View {
  #store;
  #session;
  #list;
  #transcript;
  #composer;
  #people;
  #menu;
  #closers;
  #attention;
  #state = 'connecting';
  #waitingUntil = 0;
  #countdown = 0;
  #seekAgain = el('button', { className: 'button', attributes: { type: 'button' }, text: 'Try again' });
  #listeners = new AbortController();
  #drawSoon = coalesced(() => this.#draw());

  constructor(store, session, signOut) {
    this.#store = store;
    this.#session = session;
    this.#attention = new Attention(store.me);
    const edit = new EditDialog(store, toast);
    this.#list = new ConversationList(store, (id) => this.#go(id));
    this.#composer = new Composer(store, () => this.#transcript.toBottom());
    this.#transcript = new Transcript(store, {
      edit: (entry) => edit.open(entry),
      remove: (entry) => edit.confirmRemoval(entry),
      reply: (entry) => this.#composer.reply(entry),
      who: (conversation, entry) => showWho(store, conversation, entry),
    });
    this.#people = new People(store, toast);
    const jump = new JumpDialog(store, this.#transcript);
    this.#menu = new ConversationMenu(store, () => jump.open());
    this.#closers = [edit, jump, this.#list, this.#transcript, this.#people, this.#menu, new SettingsDialog(store, session, signOut),
      new Dialogs(store, (id) => this.#go(id), toast), new Channels(store, (id) => this.#go(id), toast)];
    byId('try-now').onclick = () => store.client.tryNow();
    byId('back').onclick = () => this.#go(null);
    byId('nothing-open').querySelector('p').setAttribute('role', 'status');
    byId('nothing-open').append(this.#seekAgain);
    this.#seekAgain.onclick = () => store.seekAgain();
    const { signal } = this.#listeners;
    addEventListener('hashchange', () => this.#follow(), { signal });
    document.addEventListener('visibilitychange', () => { store.seen(); this.#look(); this.#drawSoon(); }, { signal });
    for (const event of ['focus', 'blur']) addEventListener(event, () => this.#look(), { signal });
    addEventListener('pagehide', () => store.client.flush(), { signal });
    document.addEventListener('keydown', (event) => this.#key(event), { signal });
    this.#follow();
    this.#draw();
  }

  close() {
    this.#listeners.abort();
    clearInterval(this.#countdown);
    this.#attention.at(null);
    for (const part of this.#closers) part.close();
    for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
    this.#composer.show(null);
    byId('open').hidden = true;
    this.#seekAgain.remove();
    delete byId('chat').dataset.open;
    delete byId('chat').dataset.sought;
    document.title = 'Parley';
  }

  changed() {
    // A conversation named in the address may only now have become known.
    if (!this.#store.openConversation && this.#wanted()) this.#follow();
    this.#drawSoon();
  }

  message(conversation, message) { notify(this.#store, this.#attention, conversation, message, (id) => this.#go(id)); }

  #look() {
    const looks = document.visibilityState === 'visible' && document.hasFocus();
    this.#attention.at(looks ? this.#store.openConversation?.id ?? null : null);
  }

  // --- the connection line ---

  connection({ state, until }) {
    clearInterval(this.#countdown);
    this.#state = state;
    if (state === 'online') this.#waitingUntil = 0;
    setText(byId('connection-countdown'), '');
    this.#drawConnection();
    this.#drawSoon();
    if (state !== 'waiting') return;
    this.#waitingUntil = until;
    const count = () => {
      const seconds = Math.ceil((this.#waitingUntil - Date.now()) / 1000);
      setText(byId('connection-countdown'), seconds > 1 ? `Next try in ${seconds} s` : '');
    };
    count();
    this.#countdown = setInterval(count, 500);
  }

  #drawConnection() {
    byId('connection').dataset.state = byId('open-connection').dataset.state = this.#state;
    for (const line of [byId('connection-text'), byId('open-connection').lastElementChild]) setText(line, this.#connectionWords());
    byId('try-now').hidden = this.#state !== 'waiting';
  }

  #connectionWords() {
    const words = {
      idle: 'Connecting…', connecting: 'Connecting…', syncing: 'Catching up…', online: 'Connected', waiting: 'No connection.', ended: 'Signed out',
    };
    // Trying again in between is still "no connection" to the user.
    const again = this.#state === 'connecting' && this.#waitingUntil > 0;
    const count = this.#store.client.waiting;
    const waits = this.#state !== 'online' && count > 0 ? ` ${count} ${count === 1 ? 'message' : 'messages'} waiting.` : '';
    return (again ? 'Reconnecting…' : words[this.#state]) + waits;
  }

  // --- which conversation is open: the address says (so that Back works) ---

  #wanted() {
    try {
      return decodeURIComponent(/^#\/c\/(.+)$/.exec(location.hash)?.[1] ?? '');
    } catch (malformed) {
      return '';
    }
  }

  #go(id) {
    if (this.#listeners.signal.aborted) return;  // a notification from before the sign-out
    if (id === null) history.pushState(null, '', location.pathname);
    else if (this.#wanted() !== id) history.pushState(null, '', `#/c/${encodeURIComponent(id)}`);
    this.#follow();
    if (id !== null && matchMedia('(hover: hover)').matches) this.#composer.focus();
    if (id === null) byId('conversations').querySelector('[tabindex="0"]')?.focus();
  }

  #follow() {
    const id = this.#wanted();
    const conversation = this.#store.conversation(id);
    const known = Boolean(id && conversation?.described);
    this.#store.seek(known ? '' : id);
    if (!known) {
      this.#store.close();
      delete byId('chat').dataset.open;
    } else if (this.#store.openConversation !== conversation) {
      byId('chat').dataset.open = id;
      byId('open').hidden = false;
      const newSince = conversation.unread > 0 && conversation.readSeq > 0 ? conversation.readSeq : null;
      this.#store.open(id);
      this.#composer.show(conversation);
      this.#transcript.show(conversation, newSince);
    }
    this.#look();
    this.#draw();
  }

  #key(event) {
    if (event.isComposing || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape' && this.#store.openConversation) this.#go(null);
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') byId('search').focus();
    else return;
    event.preventDefault();
  }

  // --- drawing ---

  #draw() {
    if (this.#listeners.signal.aborted) return;  // asked for before the end
    const { conversations, openConversation } = this.#store;
    this.#list.draw();
    if (this.#store.inboxLoaded) usable();
    badge(conversations);
    this.#drawConnection();
    setText(byId('me-name'), this.#session.displayName);
    setText(byId('me-handle'), `@${this.#session.handle}`);
    paintAvatar(byId('me-avatar'), this.#session.displayName, this.#store.me);
    byId('nothing-open').hidden = openConversation !== null;
    byId('open').hidden = openConversation === null;
    this.#drawSought();
    if (openConversation === null) return;
    const name = this.#store.titleOf(openConversation);
    const partner = openConversation.type === 'dm' ? openConversation.others[0] : undefined;
    setText(byId('open-title'), name);
    setText(byId('open-subtitle'), this.#subtitle(openConversation, partner));
    paintAvatar(byId('open-avatar'), name, partner?.userId ?? openConversation.id);
    byId('open-presence').hidden = this.#store.client.presenceOf(partner?.userId)?.status !== 'online';
    byId('show-people').hidden = openConversation.type === 'dm' || openConversation.left;
    byId('show-menu').hidden = openConversation.left;
    this.#composer.draw();
    this.#people.draw();
    this.#transcript.draw();
  }

  /** Where no conversation is open: what becomes of the one that the address names. */
  #drawSought() {
    const { sought, openConversation } = this.#store;
    const words = {
      unasked: 'Loading…', reading: 'Loading…',
      failed: 'The conversation cannot be loaded now.',
      none: 'There is no such conversation, or it is not yours.',
    }[sought] ?? 'Choose a conversation, or start a new one.';
    setText(byId('nothing-open').querySelector('p'), words);
    if (sought) byId('chat').dataset.sought = sought;
    else delete byId('chat').dataset.sought;
    // While it is asked again the button keeps the focus; then what there is to go on with gets it.
    const focused = document.activeElement === this.#seekAgain;
    const stays = sought === 'failed' || (focused && sought === 'reading');
    if (focused && !stays) byId(openConversation ? 'scroller' : 'search').focus({ preventScroll: true });
    this.#seekAgain.hidden = !stays;
  }

  #subtitle(conversation, partner) {
    if (conversation.left) return 'You are no longer a member';
    const typing = this.#store.client.typingIn(conversation.id);
    const nameOf = (userId) => this.#store.nameOf(userId, conversation);
    if (typing.length > 0) {
      if (partner) return 'typing…';
      return typing.length > 2 ? `${typing.length} people are typing…` : `${typing.map(nameOf).join(' and ')} ${typing.length > 1 ? 'are' : 'is'} typing…`;
    }
    if (partner) {
      const presence = this.#store.client.presenceOf(partner.userId);
      const handle = partner.handle ? `@${partner.handle}` : '';
      if (presence?.status === 'online') return `${handle} · online`;
      return presence?.lastSeenAt ? `${handle} · last seen ${briefly(new Date(presence.lastSeenAt))}` : handle;
    }
    if (conversation.topic) return conversation.topic;
    if (!conversation.membersComplete || conversation.type === 'channel') return conversation.memberCount > 0 ? countOf(conversation) : '';
    const names = conversation.others.map((member) => nameOf(member.userId));
    return [...names.slice(0, 8), 'you'].join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
  }
}
