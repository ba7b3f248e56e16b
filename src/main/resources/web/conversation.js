// One conversation as this page knows it. Pure state: no socket, no DOM. Promises: a change counts once (by changeSeq),
// in whatever order changes come; `cursor` is the highest changeSeq up to which nothing is missing; messages show in seq
// order and never go back to an earlier version; cursors and receipts only move forward.

const MOST_NOTICES = 200;

export class Conversation {
  type = 'group';
  title = '';
  topic = '';
  memberCount = 0;
  /** Joins, leaves and new settings that passed while this page was there, oldest first. */
  notices = [];
  headSeq = 0;
  readSeq = 0;
  unread = 0;
  lastMessage = null;
  /** Higher = more recently active. Times never decide order, so the store counts. */
  activity = 0;
  /** null until the first change, page or inbox row says where this conversation stands. */
  cursor = null;
  /** False for a conversation known only by a live frame: the inbox still has to say what it is. */
  described = false;
  left = false;
  history = { loaded: false, loading: false, hasMore: false, floorSeq: 0 };
  members = new Map();
  membersComplete = false;
  receiptsFresh = false;
  /** The server's head where it is known to be further than the cursor. */
  wanted = 0;
  #me;
  #ahead = new Set();
  #messages = new Map();
  #receipts = new Map();
  #titleAt = 0;

  constructor(id, me) {
    this.id = id;
    this.#me = me;
  }

  describe(facts) {
    this.described = true;
    this.type = facts.type ?? this.type;
    if (this.#titleAt === 0) this.title = facts.title ?? this.title;
    this.topic = facts.topic ?? this.topic;
    this.memberCount = facts.memberCount ?? this.memberCount;
    if (facts.role === null) this.left = true;
    for (const member of facts.members ?? []) this.#member(member.userId, { joinedChangeSeq: 0, ...member }, 0);
    if (this.type === 'dm') this.membersComplete = true;
  }

  mergeInbox(item) {
    const behind = this.headSeq > item.headSeq;
    this.describe(item.conversation);
    this.cursor ??= item.headChangeSeq;
    const live = behind ? this.headSeq - item.headSeq : 0;
    if ((item.readSeq ?? 0) >= this.readSeq) {
      this.readSeq = item.readSeq ?? 0;
      this.unread = (item.unread ?? 0) + live;
    } else if (!behind) {
      this.unread += item.headSeq - this.headSeq;  // the inbox has not heard of our reading yet
    }
    if (!behind) {
      this.headSeq = item.headSeq;
      this.lastMessage = item.lastMessage ?? this.lastMessage;
    }
    return !behind;
  }

  /** Takes a change; false if it was here already. */
  apply(change) {
    const { changeSeq } = change;
    this.cursor ??= changeSeq - 1;
    if (changeSeq <= this.cursor || this.#ahead.has(changeSeq)) return false;
    this.#ahead.add(changeSeq);
    this.#advance();
    if (change.reaction) this.#react(change);
    else if (change.type === 'message.new') this.#newer({ ...change.message, changeSeq });
    else if (change.message) this.#altered(change.message);
    if (change.member) this.#memberChange(change);
    if (change.member || change.conversation) this.#notice(change);
    if (change.conversation && changeSeq > this.#titleAt) {
      this.#titleAt = changeSeq;
      this.title = change.conversation.title ?? this.title;
      this.topic = change.conversation.topic ?? this.topic;
    }
    return true;
  }

  #notice(change) {
    this.notices.push(change);
    this.notices.sort((one, other) => one.changeSeq - other.changeSeq);
    if (this.notices.length > MOST_NOTICES) this.notices.shift();
  }

  get gap() { return this.#ahead.size > 0 || (this.cursor !== null && this.cursor < this.wanted); }

  /** The server's answer has nothing between the cursor and this number: those are not for this user to see. */
  skipTo(changeSeq) {
    if (changeSeq > this.cursor) this.cursor = changeSeq;
    this.#advance();
  }

  /** After answers that never closed the gap. */
  giveUpGap() {
    this.skipTo(this.#ahead.size > 0 ? Math.min(...this.#ahead) - 1 : this.wanted);
    this.wanted = 0;
  }

  #advance() {
    for (const seen of this.#ahead) if (seen <= this.cursor) this.#ahead.delete(seen);
    while (this.#ahead.delete(this.cursor + 1)) this.cursor++;
  }

  /** Too far behind to be streamed to: start again from the head. */
  reset(headSeq, headChangeSeq) {
    this.#messages.clear();
    this.#ahead.clear();
    this.headSeq = headSeq;
    this.cursor = headChangeSeq;
    this.wanted = 0;
    this.history = { loaded: false, loading: false, hasMore: false, floorSeq: 0 };
    this.receiptsFresh = false;
  }

  /** A page of history, newest first; `bottom`: it starts at the head. */
  addPage(items, hasMore, bottom) {
    for (const message of items) {
      this.#store(message);
      if (message.seq > this.headSeq) this.headSeq = message.seq;
      if (this.cursor === null && bottom) this.cursor = message.changeSeq;
    }
    const floors = items.map((message) => message.seq);
    if (!bottom && this.history.loaded) floors.push(this.history.floorSeq);
    this.history = { loaded: true, loading: false, hasMore, floorSeq: floors.length > 0 ? Math.min(...floors) : 0 };
    const newest = this.messages.at(-1);
    if (newest && newest.seq >= (this.lastMessage?.seq ?? 0)) this.lastMessage = newest;
  }

  /** Fills a hole inside the loaded range. */
  addMissing(items) { for (const message of items) this.#store(message); }

  get messages() {
    return [...this.#messages.values()].filter((message) => message.seq >= this.history.floorSeq).sort((one, other) => one.seq - other.seq);
  }

  /** The message after which one is missing, or null. */
  get beforeHole() {
    const all = this.messages;
    for (let i = 0; i < all.length; i++) {
      const next = i + 1 < all.length ? all[i + 1].seq : this.headSeq + 1;
      if (next !== all[i].seq + 1) return all[i];
    }
    return null;
  }

  /** One's own role; null where it is not known or one is out. */
  get role() { return this.left ? null : this.members.get(this.#me)?.role ?? null; }

  get present() { return [...this.members.values()].filter((member) => !member.gone); }

  holds(messageId) { return this.#messages.has(messageId); }

  /** Marks everything here as read; says whether that moved the cursor. */
  markRead() {
    if (this.headSeq <= this.readSeq && this.unread === 0) return false;
    this.readSeq = Math.max(this.readSeq, this.headSeq);
    this.unread = 0;
    return true;
  }

  inboxUpdated({ readSeq = 0, unread = 0 }) {
    if (readSeq < this.readSeq) return;
    this.readSeq = readSeq;
    this.unread = readSeq >= this.headSeq ? 0 : unread;
  }

  receipt(userId, { deliveredSeq = 0, readSeq = 0 }) {
    const known = this.#receipts.get(userId) ?? { deliveredSeq: 0, readSeq: 0 };
    this.#receipts.set(userId, {
      deliveredSeq: Math.max(known.deliveredSeq, deliveredSeq, readSeq),
      readSeq: Math.max(known.readSeq, readSeq),
    });
  }

  /** sent, delivered (to everybody else who was in when it was sent), or read (by all of them). */
  tick(message) {
    const others = this.others.filter((member) => (member.joinedChangeSeq ?? 0) <= message.changeSeq);
    if (others.length === 0 || !this.membersComplete) return 'sent';
    const cursors = others.map((member) => this.#receipts.get(member.userId) ?? { deliveredSeq: 0, readSeq: 0 });
    if (cursors.every((cursor) => cursor.readSeq >= message.seq)) return 'read';
    return cursors.every((cursor) => cursor.deliveredSeq >= message.seq) ? 'delivered' : 'sent';
  }

  get others() { return [...this.members.values()].filter((member) => member.userId !== this.#me && !member.gone); }

  setMembers(items) {
    for (const member of items) this.#member(member.userId, member, member.joinedChangeSeq ?? 0);
    this.membersComplete = true;
  }

  #newer(message) {
    this.#store(message);
    if (message.seq >= (this.lastMessage?.seq ?? 0)) this.lastMessage = message;
    if (message.senderId !== this.#me && message.seq > this.readSeq && message.seq > this.headSeq) this.unread++;
    this.headSeq = Math.max(this.headSeq, message.seq);
  }

  /** An edit or a delete: the whole message, in place of the one that is here. One that is not comes with its page. */
  #altered(message) {
    const known = this.#messages.get(message.messageId);
    if (known) this.#store({ ...message, changeSeq: known.changeSeq });
    if (this.lastMessage?.messageId === message.messageId) this.lastMessage = message;
  }

  /** One user's emoji, set or taken back. */
  #react({ changeSeq, actorId, message: { messageId }, reaction: { emoji, on } }) {
    const known = this.#messages.get(messageId);
    if (!known) return;
    const reactions = { ...known.reactions };
    const users = (reactions[emoji] ?? []).filter((user) => user !== actorId);
    if (on) users.push(actorId);
    if (users.length > 0) reactions[emoji] = users;
    else delete reactions[emoji];
    this.#store({ ...known, reactions, version: changeSeq });
  }

  /** A page may have run ahead of the changes that follow: what is older than what is here is passed over. */
  #store(message) {
    const version = message.version ?? message.changeSeq;
    const known = this.#messages.get(message.messageId);
    if (!known || known.version <= version) this.#messages.set(message.messageId, { ...message, version });
  }

  #memberChange({ type, changeSeq, member, memberCount }) {
    const gone = type === 'member.left';
    const joined = type === 'member.joined' ? { joinedChangeSeq: changeSeq } : {};
    const before = this.members.get(member.userId);
    if (!this.#member(member.userId, { ...before, ...member, ...joined, gone }, changeSeq)) return;
    if (member.userId === this.#me) this.left = gone;
    this.memberCount = memberCount ?? this.memberCount;
  }

  #member(userId, facts, asOf) {
    const before = this.members.get(userId);
    if (before && before.asOf > asOf) return false;
    this.members.set(userId, { ...before, ...facts, asOf });
    return true;
  }
}
