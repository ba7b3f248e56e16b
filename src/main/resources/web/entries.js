// What the transcript shows of a message, as plain facts: a sent one, or one that waits to be sent.

import { flat } from './markdown.js';

/** More are not named, and so not asked for. */
const MOST_NAMED = 8;

export class Entries {
  #store;

  constructor(store) { this.#store = store; }

  sent(conversation, message) {
    const { me } = this.#store;
    const own = message.senderId === me;
    return {
      key: own && message.clientMsgId ? message.clientMsgId : message.messageId,
      own,
      sender: message.senderId,
      name: this.#store.nameOf(message.senderId, conversation),
      handle: this.#store.user(message.senderId, conversation).handle,
      at: Date.parse(message.createdAt),
      body: message.deleted ? { text: 'This message was deleted' } : message.body ?? { text: '' },
      deleted: Boolean(message.deleted),
      edited: Boolean(message.editedAt),
      reactions: message.reactions ?? {},
      reactors: this.#reactors(conversation, message),
      quote: message.deleted ? null : this.#quote(conversation, message.replyTo),
      replyTo: message.replyTo,
      forMe: conversation.calls(message),
      mayAnswer: !message.deleted && !conversation.left && conversation.role !== 'readonly',
      mayRemove: !message.deleted && !conversation.left && (own || ['owner', 'admin'].includes(conversation.role)),
      state: own ? conversation.tick(message) : '',
      seq: message.seq,
      changeSeq: message.changeSeq,
      messageId: message.messageId,
      handlesKnown: conversation.membersComplete,  // mentions are painted anew when it is
    };
  }

  waiting(conversation) {
    return this.#store.pendingOf(conversation.id).map((entry) => ({
      key: entry.clientMsgId, own: true, sender: this.#store.me, name: '', at: entry.at, body: entry.body,
      deleted: false, handlesKnown: conversation.membersComplete,
      reactions: {}, reactors: {}, quote: this.#quote(conversation, entry.replyTo), replyTo: entry.replyTo, mayAnswer: false, mayRemove: false,
      state: entry.failed ? 'failed' : 'pending', why: entry.failed ?? entry.waits?.why, until: entry.waits?.until, seq: '', messageId: '',
    }));
  }

  /** Who reacted, by emoji: some names are known only later. */
  #reactors(conversation, { reactions = {} }) {
    const { me } = this.#store;
    const name = (userId) => (userId === me ? 'you' : this.#store.nameOf(userId, conversation));
    const words = (users) => {
      const named = users.slice(0, MOST_NAMED);
      if (users.includes(me) && !named.includes(me)) named.splice(-1, 1, me);
      const others = users.length - named.length;
      return named.map(name).join(', ') + (others === 0 ? '' : ` and ${others} ${others === 1 ? 'other' : 'others'}`);
    };
    return Object.fromEntries(Object.entries(reactions).map(([emoji, users]) => [emoji, words(users)]));
  }

  #quote(conversation, messageId) {
    if (!messageId) return null;
    const message = this.#store.quoted(conversation, messageId);
    if (!message) return { name: '', text: '…' };
    if (!message.messageId || message.deleted) return { name: '', text: 'A message that is gone' };
    return { name: this.#store.nameOf(message.senderId, conversation), text: flat(message.body).slice(0, 160) };
  }

  /** The class of a mention: one of oneself stands out; a word that is nobody's handle is a word. */
  mention(conversation, handle) {
    if (handle === 'channel') return 'mention you';
    const member = conversation.present.find((one) => one.handle === handle);
    if (!member) return '';
    return member.userId === this.#store.me ? 'mention you' : 'mention';
  }
}
