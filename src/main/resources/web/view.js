// The signed-in page: conversation list, the open conversation, the connection line. Reads the store, calls its verbs.

import { Attention } from './attention.js';
import { Channels } from './channels.js';
import { Composer } from './composer.js';
import { Dialogs } from './dialogs.js';
import { briefly, byId, coalesced, countOf, looking, paintAvatar, paintPresence, setText, usable } from './dom.js';
import { EditDialog } from './edit.js';
import { JumpDialog } from './jump.js';
import { composing } from './keys.js';
import { ConversationList } from './list.js';
import { ConversationMenu } from './menu.js';
import { badge, notify, say } from './notify.js';
import { People } from './people.js';
import { OwnPresence } from './presence.js';
import { SettingsDialog } from './settings.js';
import { Sought } from './sought.js';
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
  #sought;
  #closers;
  #attention;
  /** What was shown last. */
  #shown = null;
  #state = 'connecting';
  #waitingUntil = 0;
  #countdown = 0;
  #listeners = new AbortController();
  #drawSoon = coalesced(() => this.#draw());

  constructor(store, session, signOut) {
    this.#store = store;
    this.#session = session;
    this.#attention = new Attention('looking', store.me);
    const open = (id) => this.#go(id);
    const edit = new EditDialog(store, toast);
    this.#list = new ConversationList(store, open);
    this.#composer = new Composer(store, () => this.#transcript.toBottom());
    this.#transcript = new Transcript(store, {
      edit: (entry) => edit.open(entry),
      remove: (entry) => edit.confirmRemoval(entry),
      reply: (entry) => this.#composer.reply(entry),
      who: (conversation, entry) => showWho(store, conversation, entry),
      reachedEnd: () => store.seen(),
    });
    this.#people = new People(store, open, toast);
    this.#sought = new Sought(store, open, toast);
    const jump = new JumpDialog(store, this.#transcript);
    this.#menu = new ConversationMenu(store, () => jump.open());
    this.#closers = [edit, jump, this.#list, this.#transcript, this.#people, this.#sought, this.#menu, new SettingsDialog(store, session, signOut),
      new Dialogs(store, open, toast), new Channels(store, open, toast), new OwnPresence(store.client)];
    byId('try-now').onclick = () => store.client.tryNow();
    byId('back').onclick = () => { if (history.state?.fromList) history.back(); else this.#go(null); };
    const { signal } = this.#listeners;
    addEventListener('hashchange', () => { if (this.#follow()) this.#readOn(); }, { signal });
    document.addEventListener('visibilitychange', () => this.#turned(), { signal });
    addEventListener('focus', () => this.#turned(), { signal });
    addEventListener('blur', () => this.#look(), { signal });
    addEventListener('storage', (event) => this.#composer.stored(event), { signal });
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
    closeDialogs();
    this.#composer.show(null);
    byId('open').hidden = true;
    byId('said').replaceChildren();
    delete byId('chat').dataset.open;
    document.title = 'Parley';
  }

  changed() {
    // A conversation named in the address may only now have become known. Whoever does something else meanwhile is left to it.
    if (!this.#store.openConversation && this.#wanted() && this.#follow() && document.activeElement === document.body) this.#readOn();
    this.#drawSoon();
  }

  message(conversation, message) {
    if (conversation === this.#store.openConversation) say(this.#store, conversation, message);
    notify(this.#store, this.#attention, conversation, message, (id) => this.#go(id));
  }

  get atEnd() { return this.#transcript.isAtEndOf(this.#store.openConversation); }

  #look() { this.#attention.at(looking() ? this.#store.openConversation?.id ?? null : null); }

  /** The user comes back to this tab, or leaves it. What has come meanwhile is marked before it counts as read. */
  #turned() {
    const news = looking() ? newsOf(this.#store.openConversation) : null;
    if (news) this.#transcript.mark(news);
    this.#store.seen();
    this.#look();
    this.#drawSoon();
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
    else if (this.#wanted() !== id) history.pushState({ fromList: this.#wanted() === '' }, '', `#/c/${encodeURIComponent(id)}`);
    this.#follow();
    if (!this.#store.openConversation) return;
    if (matchMedia('(hover: hover)').matches) this.#composer.focus();
    this.#readOn();
  }

  /** Shows what the address names; says whether a conversation has been opened by that. */
  #follow() {
    const id = this.#wanted();
    const conversation = this.#store.conversation(id);
    const before = this.#shown;
    const opens = conversation !== null && this.#store.openConversation !== conversation;
    this.#store.seek(conversation ? '' : id);
    this.#shown = conversation;
    if (before && before !== conversation) closeDialogs();  // what they are about is out of sight
    if (conversation === null) {
      this.#store.close();
      delete byId('chat').dataset.open;
    } else if (opens) {
      byId('chat').dataset.open = id;
      byId('open').hidden = false;
      byId('said').replaceChildren();
      const news = newsOf(conversation);
      this.#store.open(id);
      this.#composer.show(conversation);
      this.#transcript.show(conversation, news);
    }
    this.#look();
    this.#draw();
    if (before && id === '') this.#list.focus(before.id);
    return opens;
  }

  /** The focus goes to the title, from where one reads on; whoever is about to write is left to it. */
  #readOn() { if (document.activeElement !== byId('text')) byId('open-title').focus({ preventScroll: true }); }

  #key(event) {
    if (composing(event) || document.querySelector('dialog[open]')) return;
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
    byId('open').hidden = openConversation === null;
    this.#sought.draw();
    if (openConversation === null) return;
    const name = this.#store.titleOf(openConversation);
    const partner = openConversation.type === 'dm' ? openConversation.others[0] : undefined;
    setText(byId('open-title'), name);
    setText(byId('open-subtitle'), this.#subtitle(openConversation, partner));
    paintAvatar(byId('open-avatar'), name, partner?.userId ?? openConversation.id);
    paintPresence(byId('open-presence'), this.#store.client.presenceOf(partner?.userId)?.status);
    byId('show-people').hidden = openConversation.type === 'dm' || openConversation.left;
    byId('show-menu').hidden = openConversation.left;
    this.#composer.draw();
    this.#people.draw();
    this.#transcript.draw();
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
      if (['online', 'away'].includes(presence?.status)) return `${handle} · ${presence.status}`;
      return presence?.lastSeenAt ? `${handle} · last seen ${briefly(new Date(presence.lastSeenAt))}` : handle;
    }
    if (conversation.topic) return conversation.topic;
    if (!conversation.membersComplete || conversation.type === 'channel') return conversation.memberCount > 0 ? countOf(conversation) : '';
    const names = conversation.others.map((member) => nameOf(member.userId));
    return [...names.slice(0, 8), 'you'].join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
  }
}

/** What is new to who comes to this conversation; null where they have never read in it, or where nothing is. */
function newsOf(conversation) {
  const { unread = 0, readSeq = 0 } = conversation ?? {};
  return unread > 0 && readSeq > 0 ? { since: readSeq, count: unread } : null;
}

function closeDialogs() { for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close(); }
