// One conversation as this page shows it. Pure state: no socket, no DOM. Changes come once and in order from the SDK, pages of
// history whenever they are read; messages show in seq order and never go back to an earlier version; cursors only move forward.

const MOST_NOTICES = 200;

/**
 * Nothing of a conversation's history is loaded. What is, is one stretch from floorSeq to ceilSeq; Infinity: to the head, and on
 * with it. failed: the last page that was asked for did not come.
 */
const unloaded = () => ({ loaded: false, loading: false, quiet: false, filling: false, failed: false, hasMore: false, floorSeq: 0, ceilSeq: Infinity });

export class Conversation {
  type = 'group';
  title = '';
  topic = '';
  memberCount = 0;
  /** Joins, leaves and new settings that passed while this page was there, oldest first. */
  notices = [];
  headSeq = 0;
  headChangeSeq = 0;
  readSeq = 0;
  unread = 0;
  /** How many of the unread ones call this user. */
  mentions = 0;
  lastMessage = null;
  mutedUntil = null;
  archived = false;
  pinnedRank = null;
  /** Whether others are not told what one has received and read here; null: as for all conversations. */
  privateReceipts = null;
  /** Higher = more recently active. Times never decide order, so the store counts. */
  activity = 0;
  /** When that was told by something newer than a list, in the time of the page. */
  movedAt = -Infinity;
  /** False for a conversation known only by a live frame: the inbox still has to say what it is. */
  described = false;
  left = false;
  history = unloaded();
  members = new Map();
  membersComplete = false;
  receiptsFresh = false;
  /** Counts of the newest message in a large conversation: {seq, delivered, read}, or null. */
  aggregate = null;
  #me;
  #messages = new Map();
  #loaded = null;
  #ids = [];
  #sorted = true;
  #receipts = new Map();
  #early = [];
  #settingsAt = 0;
  #settingsToldAt = -Infinity;

  constructor(id, me) {
    this.id = id;
    this.#me = me;
  }

  describe(facts) {
    this.described = true;
    this.type = facts.type ?? this.type;
    if (this.#settingsAt === 0) this.title = facts.title ?? this.title;
    this.topic = facts.topic ?? this.topic;
    this.memberCount = facts.memberCount ?? this.memberCount;
    if (facts.role === null) this.left = true;
    else if (facts.role) this.#member(this.#me, { joinedChangeSeq: 0, ...this.members.get(this.#me), userId: this.#me, role: facts.role }, 0);
    for (const member of facts.members ?? []) this.#member(member.userId, { joinedChangeSeq: 0, ...member }, 0);
    if (this.type === 'dm') this.membersComplete = true;
  }

  /** A line of the inbox that was asked for at that time of the page; says whether it is as new as what is here. */
  mergeInbox(item, askedAt = Infinity) {
    const behind = this.headSeq > item.headSeq;
    this.describe(item.conversation);
    if (this.#settingsToldAt < askedAt) this.#set(item);
    const live = behind ? this.headSeq - item.headSeq : 0;
    if ((item.readSeq ?? 0) >= this.readSeq) {
      this.readSeq = item.readSeq ?? 0;
      this.unread = (item.unread ?? 0) + live;
      this.mentions = Math.max(item.mentions ?? 0, behind ? this.mentions : 0);
    } else if (!behind) {
      this.unread += item.headSeq - this.headSeq;  // the inbox has not heard of our reading yet
    }
    this.headChangeSeq = Math.max(this.headChangeSeq, item.headChangeSeq ?? 0);
    if (!behind) {
      this.headSeq = item.headSeq;
      this.lastMessage = item.lastMessage ?? this.lastMessage;
    }
    return !behind;
  }

  /** One's own mute, archive, pin and private receipts, as they are now: a list that was asked for before knows less. */
  settings(state) {
    this.#settingsToldAt = performance.now();
    this.#set(state);
  }

  #set({ mutedUntil = null, archived = false, pinnedRank = null, privateReceipts = null }) {
    Object.assign(this, { mutedUntil, archived, pinnedRank, privateReceipts });
  }

  get muted() { return this.mutedUntil !== null && Date.parse(this.mutedUntil) > Date.now(); }

  /** Takes a change of the SDK. */
  apply(change) {
    this.headChangeSeq = Math.max(this.headChangeSeq, change.changeSeq);
    if (change.type === 'message.new') this.#newer({ ...change.message, changeSeq: change.changeSeq });
    else if (change.message) this.#amend(change);
    if (change.member) this.#memberChange(change);
    if (change.member || change.conversation) this.#notice(change);
    if (change.conversation) {
      this.#settingsAt = change.changeSeq;
      this.title = change.conversation.title ?? this.title;
      this.topic = change.conversation.topic ?? this.topic;
    }
  }

  #notice(change) {
    this.notices.push(change);
    if (this.notices.length > MOST_NOTICES) this.notices.shift();
  }

  /** Too far behind to be streamed to: start again from the head. */
  reset(headSeq, headChangeSeq) {
    this.headSeq = headSeq;
    this.headChangeSeq = Math.max(this.headChangeSeq, headChangeSeq ?? 0);
    this.unload();
    this.receiptsFresh = false;
    // Who came and went and what it is called now was in what is passed over.
    this.described = this.left = this.membersComplete = false;
    this.members.clear();
    this.#settingsAt = 0;
  }

  // --- history: each page is {items, hasMore}, its items newest first or oldest first ---

  /** Nothing of the history is here any more. */
  unload() {
    this.history = unloaded();
    this.#messages.clear();
    this.#ids = [];
    this.#early = [];
    this.#sorted = true;
    this.#loaded = null;
  }

  newestPage({ items, hasMore }) {
    this.addMissing(items);
    this.#reaches({ loaded: true, hasMore, floorSeq: lowest(items), ceilSeq: Infinity });
    const newest = this.messages.at(-1);
    this.headSeq = Math.max(this.headSeq, newest?.seq ?? 0);
    this.headChangeSeq = Math.max(this.headChangeSeq, newest?.changeSeq ?? 0);
    if (newest && newest.seq >= (this.lastMessage?.seq ?? 0)) this.lastMessage = newest;
  }

  olderPage({ items, hasMore }) {
    this.addMissing(items);
    this.#reaches({ hasMore, floorSeq: Math.min(this.history.floorSeq, lowest(items, Infinity)) });
  }

  newerPage({ items, hasMore }) {
    this.addMissing(items);
    this.#reaches({ ceilSeq: hasMore ? Math.max(this.history.ceilSeq, highest(items)) : Infinity });
  }

  /** Two pages that meet, in place of what was loaded. */
  stretch(older, newer) {
    const items = [...older.items, ...newer.items];
    this.addMissing(items);
    this.#reaches({ loaded: true, hasMore: older.hasMore, floorSeq: lowest(items), ceilSeq: newer.hasMore ? highest(items) : Infinity });
  }

  /** Keeps only so many of the newest: the others are read again by whoever goes back to them. */
  trim(count) {
    if (this.history.loading) return;  // a page that is under way is to meet what is here
    const floorSeq = this.messages.at(-count)?.seq ?? 0;
    for (const [id, { seq }] of this.#messages) if (seq < floorSeq) this.#messages.delete(id);
    this.#ids = this.#ids.filter((id) => this.#messages.has(id));
    if (floorSeq > this.history.floorSeq) this.#reaches({ hasMore: true, floorSeq });
  }

  /** Messages inside what is loaded. */
  addMissing(items) { for (const message of items) this.#store(message); }

  #reaches(ends) {
    Object.assign(this.history, ends);
    this.#loaded = null;
    for (const change of this.#early.splice(0)) this.#amend(change);
  }

  /** Whether the message with this seq is in the stretch that is loaded. */
  has(seq) { return this.history.loaded && seq >= this.history.floorSeq && seq <= this.history.ceilSeq; }

  /** Whether the first page was asked for and did not come: nothing is loaded, nothing under way. */
  get missing() { return this.history.failed && !this.history.loaded && !this.history.loading; }

  /** Where nothing is loaded: what has come since the first page was asked for, by seq. */
  get live() { return [...this.#messages.values()].sort((one, other) => one.seq - other.seq); }

  /** Whether there are newer messages than those that are loaded. */
  get hasNewer() { return this.history.ceilSeq !== Infinity; }

  /** What is loaded, in the order of seq. Not to be altered. */
  get messages() {
    if (!this.history.loaded) return [];
    if (!this.#sorted) {
      this.#ids.sort((one, other) => this.#messages.get(one).seq - this.#messages.get(other).seq);
      this.#sorted = true;
      this.#loaded = null;
    }
    this.#loaded ??= this.#ids.map((id) => this.#messages.get(id)).filter(({ seq }) => this.has(seq));
    return this.#loaded;
  }

  message(messageId) { return this.#messages.get(messageId); }

  /** The changeSeq of the message after which one is missing; null where none is. */
  get beforeHole() {
    const all = this.messages;
    if (all.length === 0) return this.lastMessage && !this.hasNewer ? 0 : null;
    for (let i = 0; i < all.length; i++) {
      const head = this.hasNewer ? all[i].seq : this.headSeq;
      const next = i + 1 < all.length ? all[i + 1].seq : head + 1;
      if (next !== all[i].seq + 1) return all[i].changeSeq;
    }
    return null;
  }

  /** One's own role; null where it is not known or one is out. */
  get role() { return this.left ? null : this.members.get(this.#me)?.role ?? null; }

  get present() { return [...this.members.values()].filter((member) => !member.gone); }

  get others() { return this.present.filter((member) => member.userId !== this.#me); }

  /** Marks everything here as read; says whether that moved the cursor. */
  markRead() {
    if (this.headSeq <= this.readSeq && this.unread === 0) return false;
    this.readSeq = Math.max(this.readSeq, this.headSeq);
    this.unread = this.mentions = 0;
    return true;
  }

  /** Another tab of this device has shown the user everything up to this message. */
  seenElsewhere(seq) {
    if (seq <= this.readSeq) return;
    this.readSeq = seq;
    if (seq >= this.headSeq) this.unread = this.mentions = 0;
  }

  /** What another device of this user has read or set. */
  inboxUpdated(state) {
    this.settings(state);
    const { readSeq = 0, unread = 0, mentions = 0 } = state;
    if (readSeq < this.readSeq) return;
    this.readSeq = readSeq;
    this.unread = readSeq >= this.headSeq ? 0 : unread;
    this.mentions = readSeq >= this.headSeq ? 0 : mentions;
  }

  receipt(userId, { deliveredSeq = 0, readSeq = 0 }) {
    const known = this.receiptOf(userId);
    this.#receipts.set(userId, {
      deliveredSeq: Math.max(known.deliveredSeq, deliveredSeq, readSeq),
      readSeq: Math.max(known.readSeq, readSeq),
    });
  }

  receiptOf(userId) { return this.#receipts.get(userId) ?? { deliveredSeq: 0, readSeq: 0 }; }

  /** sent, delivered (to everybody else who was in when it was sent), or read (by all of them). */
  tick(message) {
    const others = this.others.filter((member) => (member.joinedChangeSeq ?? 0) <= message.changeSeq);
    if (others.length === 0 || !this.membersComplete) return this.#tickOfCounts(message);
    const cursors = others.map((member) => this.receiptOf(member.userId));
    if (cursors.every((cursor) => cursor.readSeq >= message.seq)) return 'read';
    return cursors.every((cursor) => cursor.deliveredSeq >= message.seq) ? 'delivered' : this.#tickOfCounts(message);
  }

  /** In a large conversation nobody's cursor is told, but how many have its newest message. */
  #tickOfCounts(message) {
    if (!this.aggregate || this.aggregate.seq < message.seq) return 'sent';
    const others = this.memberCount - 1;
    if (this.aggregate.read >= others) return 'read';
    return this.aggregate.delivered >= others ? 'delivered' : 'sent';
  }

  /** complete: these are all of them. */
  setMembers(items, complete) {
    for (const member of items) this.#member(member.userId, member, member.joinedChangeSeq ?? 0);
    this.membersComplete = complete;
  }

  #newer(message) {
    // Where nothing is asked for yet the first page brings it. Where that did not come, this is
    // all there is to see.
    if (this.history.loaded || this.history.loading || this.history.failed) this.#store(message);
    if (message.seq >= (this.lastMessage?.seq ?? 0)) this.lastMessage = message;
    if (message.senderId !== this.#me && message.seq > this.readSeq && message.seq > this.headSeq) {
      this.unread++;
      if (this.calls(message)) this.mentions++;
    }
    this.headSeq = Math.max(this.headSeq, message.seq);
    // As the server has it: what is written to comes back from the archive, unless it is muted.
    if (!this.muted) this.archived = false;
  }

  /** An edit, a delete or a reaction. A page that is being read may bring its message as it was before. */
  #amend(change) {
    if (this.history.loading && !this.#messages.has(change.message.messageId)) this.#early.push(change);
    if (change.reaction) this.#react(change);
    else this.#altered(change.message);
  }

  /** An edit or a delete: the whole message, in place of the one that is here. One that is not comes with its page. */
  #altered(message) {
    const known = this.#messages.get(message.messageId);
    // A deleted message calls nobody; an edit calls nobody who was not called before.
    if (known && message.deleted && known.seq > this.readSeq && this.calls(known)) this.mentions = Math.max(0, this.mentions - 1);
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
    if (known && known.version > version) return;
    this.#loaded = null;
    if (!known) {
      const newest = this.#messages.get(this.#ids.at(-1));
      if (newest && newest.seq > message.seq) this.#sorted = false;
      this.#ids.push(message.messageId);
    }
    this.#messages.set(message.messageId, { ...message, version });
  }

  /** Whether a message of somebody else names this user, or everybody. */
  calls({ senderId, mentions, mentionsChannel }) {
    return senderId !== this.#me && (mentions?.includes(this.#me) || Boolean(mentionsChannel));
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

function lowest(items, none = 0) { return items.reduce((least, { seq }) => Math.min(least, seq), items.length > 0 ? Infinity : none); }

function highest(items) { return items.reduce((most, { seq }) => Math.max(most, seq), 0); }
