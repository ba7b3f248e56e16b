// All of a signed-in user's conversations as the page shows them: kept true by the SDK's events, filled in by its REST calls. The
// views read from here and are told `changed(conversationId | null)`; only this file and the dialogs' verbs speak to the SDK.

import { ParleyClient, SessionEnded } from './sdk/index.js';
import { Conversation } from './conversation.js';
import { looking } from './dom.js';
import { History } from './history.js';

const REFRESH_AFTER_MS = 150;
/** Spread over so long: when a node dies, thousands of pages come back at once. */
const LOOK_AGAIN_WITHIN_MS = 8_000;
/** So many lines of it at most. */
const MOST_AGAIN = 500;
/** A list that is older than this at the first connection is read again. */
const FRESH_MS = 5_000;
/** What could not be asked for is asked for again after so long. */
const ASK_AGAIN_MS = 10_000;
const MOST_MEMBERS = 1_000;
/** Lines a page of those that are found. */
const CHANNELS = 20;
const MOST_WATCHED = 100;
/** What stays loaded of a conversation that is closed, or at whose end somebody stays: more is read again when it is wanted. */
const MOST_KEPT = 1_000;
/** As the server has them. What is none is not asked for. */
const AN_ID = /^[A-Za-z0-9_.-]{1,64}$/;
export const FOR_EVER = '9999-12-31T23:59:59.999Z';

export class Store {
  #session;
  #events;
  #conversations = new Map();
  #users = new Map();
  #quoted = new Map();
  #activity = 0;
  #leastActivity = 0;
  #inboxCursor = null;
  #unannounced = new Map();
  /** Known by their address alone: a list has still to tell what is unread there, and what is muted. */
  #unlisted = new Set();
  /** By what it is about, the latest question: it is under way, or has failed a moment ago. */
  #asked = new Map();
  /** What the address names and is not known: {id, state}; null: nothing is sought. */
  #sought = null;
  #inboxLoading = false;
  #refreshTimer = 0;
  #newestTimer = 0;
  #seekTimer = 0;
  #lookAgainTimer = 0;
  #wasOnline = false;
  #listAskedAt = 0;
  #stopped = false;
  #openId = null;
  inboxLoaded = false;

  /**
   * events: {changed(conversationId|null), state({state, …}), problem(error), message(conversation, message), atEnd(): whether the end of
   * the open conversation is in sight}
   */
  constructor(session, events) {
    this.#session = session;
    this.me = session.userId;
    this.#events = events;
    this.#users.set(session.userId, { userId: session.userId, handle: session.handle, displayName: session.displayName });
    const client = new ParleyClient(session);
    this.client = client;
    this.history = new History(client.rest, {
      changed: events.changed, seen: () => this.seen(),
      guard: (work, otherwise, quietly) => this.#guard(work, otherwise, quietly),
      missing: (conversation, problem) => this.#newestMissing(conversation, problem),
    });
    client.on('state', (state) => this.#stateChanged(state));
    client.on('inbox', (page) => this.#tookInbox(page));
    client.on('change', (change) => this.#change(change));
    client.on('reset', (reset) => this.#reset(reset));
    client.on('heads', (heads) => { if (Object.keys(heads).some((id) => !this.#conversations.get(id)?.described)) this.#refreshSoon(); });
    client.on('receipt', (receipt) => this.#receipt(receipt));
    client.on('settings', (state) => {
      this.#conversations.get(state.conversationId)?.inboxUpdated(state);
      events.changed(state.conversationId);
    });
    client.on('seen', ({ conversationId, seq }) => {
      this.#conversations.get(conversationId)?.seenElsewhere(seq);
      events.changed(conversationId);
    });
    client.on('pending', ({ conversationId }) => events.changed(conversationId));
    client.on('typing', ({ conversationId }) => events.changed(conversationId));
    client.on('presence', () => events.changed(null));
    // In the open conversation the message itself says so.
    client.on('failed', (entry) => { if (entry.conversationId !== this.#openId) events.problem(new Error(entry.failed)); });
    client.on('problem', (problem) => { if (!problem.retryable) events.problem(problem); });
  }

  start() { this.client.connect(); }

  stop() {
    clearTimeout(this.#refreshTimer);
    clearTimeout(this.#lookAgainTimer);
    this.#stopped = true;
    this.client.close();
  }

  get openConversation() { return this.#conversations.get(this.#openId) ?? null; }
  get hasMoreConversations() { return this.#inboxCursor !== null; }

  /** Pinned ones first, then by activity. */
  get conversations() {
    return [...this.#conversations.values()].filter((conversation) => this.#isShown(conversation)).sort(byPinThenActivity);
  }

  /** One that can be opened; null where there is none, or none yet. */
  conversation(id) {
    const conversation = this.#conversations.get(id);
    return conversation && this.#isShown(conversation) ? conversation : null;
  }

  /** What was left can be read as long as it is open. */
  #isShown({ id, described, left }) { return described && (!left || id === this.#openId); }

  // --- people ---

  /** What is known of a user; asks the server once for somebody unknown. */
  user(userId, conversation) {
    const known = conversation?.members.get(userId) ?? this.#users.get(userId);
    if (known?.displayName || known?.handle) return known;
    if (!this.#users.has(userId)) {
      this.#users.set(userId, {});
      this.client.rest.user(userId).then((user) => {
        this.#users.set(userId, user);
        this.#events.changed(null);
      }, (problem) => this.#askAgain(this.#users, userId, problem));
    }
    return this.#users.get(userId);
  }

  /** Whoever asks for this after a while asks the server once more, where that may help. */
  #askAgain(answers, key, problem) {
    if (!problem.retryable) return;
    this.#later(problem, () => {
      answers.delete(key);
      this.#events.changed(null);
    });
  }

  /** Does this when the server may be asked again, and not when all others do. Answers the timer. */
  #later({ retryAfterMs }, work) {
    const waitMs = Math.max(retryAfterMs ?? 0, ASK_AGAIN_MS) * (1 + Math.random());
    return setTimeout(() => { if (!this.#stopped) work(); }, waitMs);
  }

  nameOf(userId, conversation) {
    const { displayName, handle } = this.user(userId, conversation);
    return displayName || handle || 'Someone';
  }

  /** The name of a conversation: its title, or in a dm the partner's. */
  titleOf(conversation) {
    if (conversation.type !== 'dm') return conversation.title || 'Group without a title';
    const [partner] = conversation.others;
    return partner ? this.nameOf(partner.userId, conversation) : 'Direct chat';
  }

  async searchUsers(words) {
    const { items } = await this.client.rest.users(words);
    return items.filter((user) => user.userId !== this.me);
  }

  async rename(displayName) {
    const profile = await this.client.rest.rename(displayName);
    if (this.#session.signedIn && this.#session.userId === this.me) this.#session.renamed(profile.displayName);
    this.#users.set(this.me, profile);
    this.#events.changed(null);
  }

  /** What one lets others know: {presenceVisibleTo: everyone, shared or nobody; privateReceipts}. */
  async privacy() {
    const [{ presenceVisibleTo }, { privateReceipts }] = await Promise.all([this.client.rest.user(this.me), this.client.rest.ownSettings()]);
    return { presenceVisibleTo, privateReceipts };
  }

  showPresenceTo(presenceVisibleTo) { return this.client.rest.changeProfile({ presenceVisibleTo }); }

  keepReceiptsPrivate(privateReceipts) { return this.client.rest.changeOwnSettings({ privateReceipts }); }

  /** Dots are shown for the partners of the conversations on top, and for the open one's members. */
  #watchPresence() {
    const partners = this.conversations.slice(0, MOST_WATCHED).filter(({ type }) => type === 'dm').map(({ others }) => others[0]?.userId);
    const members = this.openConversation?.others.map(({ userId }) => userId) ?? [];
    this.client.watchPresence([...members, ...partners].filter(Boolean).slice(0, MOST_WATCHED));
  }

  // --- conversations ---

  startDm(userId) { return this.#create({ type: 'dm', memberIds: [userId] }); }

  createGroup(title, memberIds) { return this.#create({ type: 'group', title, memberIds }); }

  createChannel(title) { return this.#create({ type: 'channel', title }); }

  /** A page: {items, nextCursor}. */
  async findChannels(words, cursor) {
    const { items, nextCursor } = await this.client.rest.channels(words, CHANNELS, cursor);
    return { items: items.map((item) => item.conversation), nextCursor };
  }

  /** Joins an open channel, or opens one that one is in. That one is in it is said by the change that follows. */
  async join(facts) {
    if (!facts.role) await this.client.rest.putMember(facts.conversationId, 'me');
    return this.#take({ ...facts, role: facts.role ?? 'member' });
  }

  /** Into a channel that one has left. */
  joinAgain({ id, type, title, topic, memberCount }) { return this.join({ conversationId: id, type, title, topic, memberCount }); }

  async #create(request) { return this.#take(await this.client.rest.createConversation(request)); }

  #take(facts) {
    const conversation = this.#known(facts.conversationId);
    conversation.describe(facts);
    if (facts.role && conversation.left) Object.assign(conversation, { left: false, membersComplete: false });
    conversation.activity = ++this.#activity;
    this.#refreshSoon();
    this.#events.changed(null);
    return conversation.id;
  }

  /** Pin, mute, archive and private receipts; other devices hear of it from the server, other tabs from the SDK. */
  async change(conversation, settings) {
    conversation.settings(await this.client.settings(conversation.id, settings));
    this.#events.changed(conversation.id);
  }

  async open(id) {
    if (id !== this.#openId) this.close();
    this.#openId = id;
    this.#events.changed(id);
    const conversation = this.#conversations.get(id);
    if (!conversation) return;
    this.seen();
    // Who opens it, or tries again, does not wait.
    clearTimeout(this.#newestTimer);
    this.#newestTimer = 0;
    await this.#complete(conversation);
  }

  /** Asks for what the open conversation lacks, unless that is under way or waits after a failure. */
  async #complete(conversation, quietly = false) {
    const asks = !conversation.history.loaded && this.#newestTimer === 0;
    const newest = asks ? this.history.newest(conversation, quietly) : undefined;
    const wants = [newest];
    if (!conversation.membersComplete) wants.push(this.#loadMembers(conversation, quietly));
    // Of one that no list has told of yet this page says that there are messages at all.
    if (conversation.headSeq === 0) await newest;
    if (!conversation.receiptsFresh) wants.push(this.#loadReceipts(conversation, quietly));
    await Promise.all(wants);
    this.#watchPresence();
  }

  /** Without its newest page a conversation shows next to nothing: it is asked for again by itself. */
  #newestMissing(conversation, problem) {
    if (conversation !== this.openConversation) {
      conversation.unload();
      return;
    }
    clearTimeout(this.#newestTimer);
    this.#newestTimer = !problem.retryable ? 0 : this.#later(problem, () => {
      this.#newestTimer = 0;
      if (conversation === this.openConversation) this.#complete(conversation, true);
    });
  }

  close() {
    const conversation = this.openConversation;
    // What came where the page did not is kept for who looks at it. Who comes back asks for the page.
    if (conversation?.missing || conversation?.left || conversation?.messages.length > MOST_KEPT) conversation.unload();
    this.#openId = null;
  }

  /** Called when the user may have come to see the end of the open conversation; what is not loaded yet is not seen. */
  seen() {
    const conversation = this.openConversation;
    if (!conversation?.history.loaded || conversation.hasNewer || !looking() || !this.#events.atEnd()) return;
    this.#read(conversation);
  }

  #read(conversation) {
    if (!conversation.markRead()) return;
    this.client.read(conversation.id, conversation.readSeq);
    this.#events.changed(conversation.id);
  }

  // --- what the address names, and neither a list nor a change has told of yet ---

  /** What becomes of it: unasked (the list may know it), reading, failed, none, joinable; or null. */
  get sought() { return this.#sought?.state ?? null; }

  /** What an open channel is that the user is not in; null where the address names no such one. */
  get joinable() { return this.#sought?.channel ?? null; }

  /** The address names this conversation, which is not known; empty: none, or one that is. */
  seek(id) {
    if (id !== (this.#sought?.id ?? '')) {
      clearTimeout(this.#seekTimer);
      this.#sought = id === '' ? null : { id, state: AN_ID.test(id) ? 'unasked' : 'none' };
    }
    if (this.#sought?.state === 'unasked' && this.inboxLoaded) this.#readSought();
  }

  /** At once, where that has failed. */
  seekAgain(quietly = false) {
    if (this.#sought?.state !== 'failed') return;
    this.#readSought(quietly);
    this.#events.changed(null);
  }

  async #readSought(quietly = false) {
    const sought = this.#sought;
    clearTimeout(this.#seekTimer);
    if (!quietly) sought.state = 'reading';  // else it would be read out at each try
    await this.#guard(async () => {
      try {
        const facts = await this.#facts(sought.id);
        if (this.#sought === sought) this.#found(facts);  // else the user is elsewhere by now
      } catch (problem) {
        sought.state = 'failed';
        if (problem.retryable && this.#sought === sought) {
          this.#seekTimer = this.#later(problem, () => this.seekAgain(true));
        }
        throw problem;
      }
    }, undefined, quietly);
    this.#events.changed(null);
  }

  /** It is shown at once; how the list has it (what is unread, whether it is muted) follows. */
  #found(facts) {
    // Open channels are shown to everybody: whoever is not in one has no role there.
    if (!facts?.role) {
      const channel = facts?.type === 'channel' ? facts : null;
      Object.assign(this.#sought, { state: channel ? 'joinable' : 'none', channel });
      return;
    }
    const conversation = this.#known(this.#sought.id);
    this.#sought = null;
    conversation.describe(facts);
    conversation.left = false;
    this.#unlisted.add(conversation);
    this.#refreshSoon();
  }

  // --- messages ---

  send(conversation, body, replyTo) {
    this.#moved(conversation);
    this.client.send(conversation.id, body, { replyTo });
  }

  pendingOf(conversationId) { return this.client.pendingOf(conversationId); }

  react(messageId, emoji, on) { this.client.react(messageId, emoji, on).catch(this.#events.problem); }

  /** The message that another one answers: null while it is being asked for, {} where there is none to be seen. */
  quoted(conversation, messageId) {
    const known = conversation.message(messageId) ?? this.#quoted.get(messageId);
    if (known !== undefined) return known;
    this.#quoted.set(messageId, null);
    this.client.rest.message(messageId).catch((problem) => {
      if (problem.retryable) throw problem;
      return {};
    }).then((message) => {
      if (this.#quoted.get(messageId) === null) this.#quoted.set(messageId, message);  // else it has been altered meanwhile
      this.#events.changed(conversation.id);
    }, (problem) => { if (this.#quoted.get(messageId) === null) this.#askAgain(this.#quoted, messageId, problem); });
    return null;
  }

  async moreConversations() {
    if (this.#inboxLoading || this.#inboxCursor === null) return;
    this.#inboxLoading = true;
    await this.#guard(() => this.client.olderInbox(this.#inboxCursor));
    this.#inboxLoading = false;
  }

  // --- what the SDK says ---

  #stateChanged(state) {
    if (state.state === 'waiting') {
      this.#asked.clear();
      for (const conversation of this.#conversations.values()) conversation.receiptsFresh = false;
    }
    this.#events.state(state);
    if (state.state !== 'online') return;
    // What could not be asked for before waits no longer.
    if (this.openConversation) this.open(this.#openId);
    this.seekAgain();
    if (this.#undescribed().length > 0) {
      clearTimeout(this.#refreshTimer);
      this.#refreshTimer = 0;
      this.#refreshSoon();
    }
    this.#watchPresence();
    // The first connection may have come long after the list.
    if (this.#wasOnline || performance.now() - this.#listAskedAt > FRESH_MS) this.#lookAgain();
    this.#wasOnline = true;
  }

  /** What other devices read, muted and pinned while this one was away is told by no change, but by the list. */
  #lookAgain() {
    this.#lookAgainTimer ||= setTimeout(() => {
      this.#lookAgainTimer = 0;
      this.#guard(async () => {
        const lines = Math.min(MOST_AGAIN, this.conversations.length);
        let page = await this.client.refreshInbox();
        for (let read = page.items.length; page.nextCursor && read < lines; read += page.items.length) {
          page = await this.client.olderInbox(page.nextCursor);
        }
      });
    }, Math.random() * LOOK_AGAIN_WITHIN_MS);
  }

  #tookInbox({ items, nextCursor, first, older, askedAt }) {
    if (first || older) this.#inboxCursor = nextCursor ?? null;
    this.inboxLoaded = true;
    if (!older) this.#listAskedAt = askedAt;
    const ahead = new Set([...this.#conversations.values()].filter(({ movedAt }) => movedAt > askedAt));
    for (const item of older ? items : [...items].reverse()) {
      const { conversationId } = item.conversation;
      const conversation = this.#known(conversationId);
      const wasDescribed = conversation.described;
      const upToDate = conversation.mergeInbox(item, askedAt);
      this.#unlisted.delete(conversation);
      if (!upToDate) ahead.add(conversation);
      if (older && (!wasDescribed || conversation.activity === 0)) conversation.activity = --this.#leastActivity;
      else if (!older && (upToDate || conversation.activity === 0)) conversation.activity = ++this.#activity;
      this.history.fill(conversation);
    }
    // What has moved since stays above what the list knows.
    if (!older) for (const conversation of [...ahead].sort((one, other) => one.activity - other.activity)) conversation.activity = ++this.#activity;
    this.#events.changed(null);
  }

  #change(change) {
    const conversation = this.#known(change.conversationId);
    conversation.apply(change);
    if (conversation.id !== this.#openId && conversation.messages.length > MOST_KEPT) conversation.unload();
    // What is quoted from further back than what is loaded changes, too.
    if (['message.edit', 'message.delete'].includes(change.type) && this.#quoted.has(change.message?.messageId)) {
      const { changeSeq } = this.#quoted.get(change.message.messageId) ?? {};
      this.#quoted.set(change.message.messageId, { changeSeq, ...change.message });
    }
    if (change.type === 'message.new') {
      this.#moved(conversation);
      if (change.message.senderId !== this.me) this.#announce(conversation, change.message);
      else this.#wrote(conversation, change.message);
    }
    if (!conversation.described) this.#refreshSoon();
    if (conversation.id === this.#openId) {
      this.seen();
      if (conversation.messages.length > 2 * MOST_KEPT && this.#events.atEnd()) conversation.trim(MOST_KEPT);
    }
    this.#events.changed(conversation.id);
  }

  /** What one has written here is no news, wherever one looks by now; the server would count it. */
  #wrote(conversation, { senderDeviceId }) {
    if (senderDeviceId === this.client.deviceId && conversation.described && conversation.unread === 0) this.#read(conversation);
  }

  #moved(conversation) {
    conversation.activity = ++this.#activity;
    conversation.movedAt = performance.now();
  }

  /** Of a conversation that is not known yet nobody can say what it is called, and whether it is muted. */
  #announce(conversation, message) {
    if (conversation.described) this.#events.message(conversation, message);
    else this.#unannounced.set(conversation, message);
  }

  #receipt({ type, conversationId, userId, seq, delivered, read }) {
    const conversation = this.#conversations.get(conversationId);
    if (type === 'receipt.aggregate') Object.assign(conversation ?? {}, { aggregate: { seq, delivered, read } });
    else conversation?.receipt(userId, type === 'receipt.read' ? { readSeq: seq } : { deliveredSeq: seq });
    this.#events.changed(conversationId);
  }

  #reset({ conversationId, headSeq, headChangeSeq }) {
    this.#known(conversationId).reset(headSeq, headChangeSeq);
    this.#refreshSoon();
    if (conversationId === this.#openId) this.open(conversationId);
    this.#events.changed(conversationId);
  }

  // --- REST ---

  #known(id) {
    if (!this.#conversations.has(id)) this.#conversations.set(id, new Conversation(id, this.me));
    return this.#conversations.get(id);
  }

  #refreshSoon() { this.#refreshTimer ||= setTimeout(() => this.#refresh(), REFRESH_AFTER_MS); }

  async #refresh(quietly = false) {
    this.#refreshTimer = 0;
    await this.#guard(async () => {
      try {
        await this.#readList();
      } catch (problem) {
        if (problem.retryable) {
          clearTimeout(this.#refreshTimer);
          this.#refreshTimer = this.#later(problem, () => this.#refresh(true));
        }
        throw problem;
      }
    }, undefined, quietly);
  }

  /** The list from its top, as far down as it takes to know what has turned up. */
  async #readList() {
    await this.client.refreshInbox();
    const lacks = () => this.#undescribed().length > 0 || this.#unlisted.size > 0;
    while (this.#inboxCursor && lacks()) await this.client.olderInbox(this.#inboxCursor);
    this.#unlisted.clear();
    for (const conversation of this.#undescribed()) await this.#describe(conversation);
    this.#unannounced.forEach((message, conversation) => this.#events.message(conversation, message));
    this.#unannounced.clear();
    this.seen();
    if (this.openConversation) this.#complete(this.openConversation);
    this.#watchPresence();
    this.#events.changed(null);
  }

  #undescribed() { return [...this.#conversations.values()].filter((conversation) => !conversation.described); }

  /** The inbox does not have it (yet): ask for it by name. */
  async #describe(conversation) {
    const facts = await this.#facts(conversation.id);
    if (facts) conversation.describe(facts);
    else this.#conversations.delete(conversation.id);
  }

  /** What a conversation is; null where there is none, or none that this user may know of. */
  async #facts(id) {
    try {
      return await this.client.rest.conversation(id);
    } catch (problem) {
      if (problem.status === 403 || problem.status === 404) return null;
      throw problem;
    }
  }

  /**
   * Asks for something of a conversation, in one question at a time. What did not come is asked for
   * again after a while, if the conversation is open then. work(isLatest): by isLatest it learns
   * whether the connection has been lost meanwhile.
   */
  async #ask(what, conversation, quietly, work) {
    const key = `${what} ${conversation.id}`;
    if (this.#asked.has(key)) return;
    const question = {};
    const isLatest = () => this.#asked.get(key) === question;
    const done = () => { if (isLatest()) this.#asked.delete(key); };
    this.#asked.set(key, question);
    await this.#guard(async () => {
      try {
        await work(isLatest);
        done();
      } catch (problem) {
        const again = () => {
          if (!isLatest()) return;
          done();
          if (conversation === this.openConversation) this.#complete(conversation, true);
        };
        if (problem.retryable) this.#later(problem, again);
        else done();
        throw problem;
      }
    }, undefined, quietly);
    this.#events.changed(conversation.id);
  }

  async #loadReceipts(conversation, quietly) {
    if (conversation.headSeq === 0) return;
    await this.#ask('receipts', conversation, quietly, async (isLatest) => {
      // seq 1: everybody's cursors, whether the server lists all members or only those who have that message.
      const { items } = await this.client.rest.receipts(conversation.id, 1);
      for (const item of items ?? []) conversation.receipt(item.userId, item);
      if (isLatest()) conversation.receiptsFresh = true;
    });
  }

  async #loadMembers(conversation, quietly) {
    await this.#ask('members', conversation, quietly, async () => {
      const items = [];
      let cursor;
      do {
        const page = await this.client.rest.members(conversation.id, { cursor });
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor && items.length < MOST_MEMBERS);
      conversation.setMembers(items, !cursor);
    });
  }

  /**
   * Work that the user did not ask for by a button: a fault is told, and the next connection tries
   * again. Answers what the work does. quietly: that it fails for the moment has been told before.
   */
  async #guard(work, otherwise, quietly = false) {
    try {
      return await work();
    } catch (problem) {
      if (problem instanceof SessionEnded) this.#events.state({ state: 'ended', message: problem.message });
      else if (problem.status !== 0 && !(quietly && problem.retryable)) this.#events.problem(problem);
      return otherwise;
    }
  }
}

function byPinThenActivity(one, other) {
  const pin = (conversation) => conversation.pinnedRank ?? Infinity;
  if (pin(one) !== pin(other)) return pin(one) < pin(other) ? -1 : 1;
  return other.activity - one.activity;
}
