// All of a signed-in user's conversations as the page shows them: kept true by the SDK's events, filled in by its REST calls. The
// views read from here and are told `changed(conversationId | null)`; only this file and the dialogs' verbs speak to the SDK.

import { ParleyClient, SessionEnded } from './sdk/index.js';
import { Conversation } from './conversation.js';
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
const MOST_WATCHED = 100;
/** What is loaded of a conversation that is left: more is read again when it is opened. */
const MOST_KEPT = 1_000;
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
  #inboxLoading = false;
  #refreshTimer = 0;
  #lookAgainTimer = 0;
  #wasOnline = false;
  #listAskedAt = 0;
  #stopped = false;
  #openId = null;
  inboxLoaded = false;

  /** events: {changed(conversationId|null), state({state, …}), problem(error), message(conversation, message)} */
  constructor(session, events) {
    this.#session = session;
    this.me = session.userId;
    this.#events = events;
    this.#users.set(session.userId, { userId: session.userId, handle: session.handle, displayName: session.displayName });
    const client = new ParleyClient(session);
    this.client = client;
    this.history = new History(client.rest, {
      changed: events.changed, guard: (work, otherwise) => this.#guard(work, otherwise), seen: () => this.seen(),
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
    return [...this.#conversations.values()].filter((conversation) => conversation.described).sort(byPinThenActivity);
  }

  conversation(id) { return this.#conversations.get(id); }

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
  #askAgain(answers, key, { retryable, retryAfterMs = 0 }) {
    if (!retryable) return;
    setTimeout(() => {
      if (this.#stopped) return;
      answers.delete(key);
      this.#events.changed(null);
    }, Math.max(retryAfterMs, ASK_AGAIN_MS) * (1 + Math.random()));
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

  async findChannels(words) { return (await this.client.rest.channels(words)).items.map((item) => item.conversation); }

  /** Joins an open channel, or opens one that one is in. That one is in it is said by the change that follows. */
  async join(facts) {
    if (!facts.role) await this.client.rest.putMember(facts.conversationId, 'me');
    return this.#take({ ...facts, role: facts.role ?? 'member' });
  }

  async #create(request) { return this.#take(await this.client.rest.createConversation(request)); }

  #take(facts) {
    const conversation = this.#known(facts.conversationId);
    conversation.describe(facts);
    if (facts.role) conversation.left = false;
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
    const wants = [];
    if (!conversation.history.loaded) wants.push(this.history.newest(conversation));
    if (!conversation.receiptsFresh) wants.push(this.#loadReceipts(conversation));
    if (!conversation.membersComplete) wants.push(this.#loadMembers(conversation));
    await Promise.all(wants);
    this.#watchPresence();
  }

  close() {
    if (this.openConversation?.messages.length > MOST_KEPT) this.openConversation.unload();
    this.#openId = null;
  }

  /** Called when the open conversation is in front of the user's eyes; what is not loaded yet is not. */
  seen() {
    const conversation = this.openConversation;
    if (!conversation?.history.loaded || conversation.hasNewer || document.visibilityState !== 'visible') return;
    if (!conversation.markRead()) return;
    this.client.read(conversation.id, conversation.readSeq);
    this.#events.changed(conversation.id);
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
    if (state.state === 'waiting') for (const conversation of this.#conversations.values()) conversation.receiptsFresh = false;
    this.#events.state(state);
    if (state.state !== 'online') return;
    if (this.openConversation) this.open(this.#openId);
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
      if (!upToDate) ahead.add(conversation);
      if (older && !wasDescribed) conversation.activity = --this.#leastActivity;
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
    }
    if (!conversation.described) this.#refreshSoon();
    if (conversation.id === this.#openId) this.seen();
    this.#events.changed(conversation.id);
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

  #refreshSoon() {
    this.#refreshTimer ||= setTimeout(() => {
      this.#refreshTimer = 0;
      this.#guard(async () => {
        await this.client.refreshInbox();
        while (this.#inboxCursor && this.#undescribed().length > 0) await this.client.olderInbox(this.#inboxCursor);
        for (const conversation of this.#undescribed()) await this.#describe(conversation);
        this.#unannounced.forEach((message, conversation) => this.#events.message(conversation, message));
        this.#unannounced.clear();
        if (this.openConversation) this.open(this.#openId);
        this.#watchPresence();
        this.#events.changed(null);
      });
    }, REFRESH_AFTER_MS);
  }

  #undescribed() { return [...this.#conversations.values()].filter((conversation) => !conversation.described); }

  /** The inbox does not have it (yet): ask for it by name. */
  async #describe(conversation) {
    try {
      conversation.describe(await this.client.rest.conversation(conversation.id));
    } catch (problem) {
      if (problem.status === 403 || problem.status === 404) this.#conversations.delete(conversation.id);
      else throw problem;
    }
  }

  async #loadReceipts(conversation) {
    if (conversation.headSeq === 0) return;
    conversation.receiptsFresh = true;
    await this.#guard(async () => {
      // seq 1: everybody's cursors, whether the server lists all members or only those who have that message.
      const { items } = await this.client.rest.receipts(conversation.id, 1);
      for (const item of items ?? []) conversation.receipt(item.userId, item);
    });
    this.#events.changed(conversation.id);
  }

  async #loadMembers(conversation) {
    await this.#guard(async () => {
      const items = [];
      let cursor;
      do {
        const page = await this.client.rest.members(conversation.id, { cursor });
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor && items.length < MOST_MEMBERS);
      conversation.setMembers(items, !cursor);
    });
    this.#events.changed(conversation.id);
  }

  /** Work that the user did not ask for by a button: a fault is told, and the next connection tries again. Answers what the work does. */
  async #guard(work, otherwise) {
    try {
      return await work();
    } catch (problem) {
      if (problem instanceof SessionEnded) this.#events.state({ state: 'ended', message: problem.message });
      else if (problem.status !== 0) this.#events.problem(problem);
      return otherwise;
    }
  }
}

function byPinThenActivity(one, other) {
  const pin = (conversation) => conversation.pinnedRank ?? Infinity;
  if (pin(one) !== pin(other)) return pin(one) < pin(other) ? -1 : 1;
  return other.activity - one.activity;
}
