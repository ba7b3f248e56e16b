// All of a signed-in user's conversations, kept true by the socket and filled in by REST. The view reads from here and
// is told `changed(conversationId | null)`; it never talks to the network itself.

import { Connection } from './connection.js';
import { Conversation } from './conversation.js';
import { PendingSends } from './pending.js';
import { ReceiptSender } from './receipts.js';
import { GapRepair } from './repair.js';
import { SessionEnded } from './session.js';

const PAGE = 50;
const REFRESH_AFTER_MS = 150;

export class Store {
  #session;
  #events;
  #connection;
  #receipts;
  #repair;
  #conversations = new Map();
  #users = new Map();
  #activity = 0;
  #leastActivity = 0;
  #inboxLoaded = false;
  #inboxCursor = null;
  #refreshTimer = 0;
  #openId = null;

  /** events: {changed(conversationId|null), state(state, detail), problem(error)} */
  constructor(session, events) {
    this.#session = session;
    this.#events = events;
    this.#users.set(session.userId, { userId: session.userId, handle: session.handle, displayName: session.displayName });
    this.#connection = new Connection(session, {
      prepare: () => this.#prepare(),
      hello: () => ({ cursors: this.#cursors() }),
      frame: (type, data, id) => this.#frame(type, data, id),
      state: (state, detail) => this.#stateChanged(state, detail),
    });
    const send = (type, data, id) => this.#connection.send(type, data, id);
    this.#receipts = new ReceiptSender(send);
    this.#repair = new GapRepair(send, session, (conversation) => this.#moved(conversation));
    this.pending = new PendingSends(session.userId, session.deviceId, {
      transmit: ({ clientMsgId, conversationId, text }) => this.#connection.state === 'online'
        && send('message.send', { conversationId, clientMsgId, body: { text } }, clientMsgId),
      changed: (id) => events.changed(id),
    });
  }

  start() { this.#connection.start(); }

  stop() {
    clearTimeout(this.#refreshTimer);
    this.#repair.connectionLost();
    this.pending.connectionLost();
    this.#connection.stop();
  }

  tryNow() { this.#connection.tryNow(); }

  get me() { return this.#session.userId; }
  get openConversation() { return this.#conversations.get(this.#openId) ?? null; }
  get inboxLoaded() { return this.#inboxLoaded; }
  get hasMoreConversations() { return this.#inboxCursor !== null; }

  get conversations() {
    return [...this.#conversations.values()].filter((conversation) => conversation.described)
      .sort((one, other) => other.activity - one.activity);
  }

  conversation(id) { return this.#conversations.get(id); }

  /** The name to show for a user; asks the server once for somebody unknown. */
  nameOf(userId, conversation) {
    const known = conversation?.members.get(userId) ?? this.#users.get(userId);
    if (known?.displayName || known?.handle) return known.displayName || known.handle;
    if (!this.#users.has(userId)) {
      this.#users.set(userId, {});
      this.#session.get(`/v1/users/${encodeURIComponent(userId)}`).then((user) => {
        this.#users.set(userId, user);
        this.#events.changed(null);
      }, () => {});
    }
    return 'Someone';
  }

  async searchUsers(query) {
    const { items } = await this.#session.get(`/v1/users?query=${encodeURIComponent(query.trim().toLowerCase())}`);
    return items.filter((user) => user.userId !== this.me);
  }

  startDm(userId) { return this.#create({ type: 'dm', memberIds: [userId] }); }

  createGroup(title, memberIds) { return this.#create({ type: 'group', title, memberIds }); }

  createChannel(title) { return this.#create({ type: 'channel', title }); }

  async findChannels(words) {
    const { items } = await this.#session.get(`/v1/conversations?type=channel&limit=20&query=${encodeURIComponent(words.trim())}`);
    return items.map((item) => item.conversation);
  }

  /** Joins an open channel, or opens one that one is in. That one is in it is said by the change that follows. */
  async join(facts) {
    if (!facts.role) await this.#session.put(`/v1/conversations/${encodeURIComponent(facts.conversationId)}/members/me`, {});
    return this.#take({ ...facts, role: facts.role ?? 'member' });
  }

  /** Removes somebody, oneself too. */
  async removeMember(conversation, userId) {
    await this.#session.delete(`${path(conversation)}/members/${encodeURIComponent(userId)}`);
  }

  async #create(request) { return this.#take(await this.#session.post('/v1/conversations', request)); }

  #take(facts) {
    const conversation = this.#known(facts.conversationId);
    conversation.describe(facts);
    conversation.activity = ++this.#activity;
    this.#refreshSoon();
    this.#events.changed(null);
    return conversation.id;
  }

  async open(id) {
    this.#openId = id;
    this.#events.changed(id);
    const conversation = this.#conversations.get(id);
    if (!conversation) return;
    this.seen();
    const wants = [];
    if (!conversation.history.loaded) wants.push(this.#loadNewest(conversation));
    if (!conversation.receiptsFresh) wants.push(this.#loadReceipts(conversation));
    if (!conversation.membersComplete) wants.push(this.#loadMembers(conversation));
    await Promise.all(wants);
  }

  close() { this.#openId = null; }

  /** Called when the open conversation is in front of the user's eyes. */
  seen() {
    const conversation = this.openConversation;
    if (!conversation || document.visibilityState !== 'visible') return;
    if (conversation.markRead()) this.#events.changed(conversation.id);
    if (conversation.readSeq > 0) this.#receipts.read(conversation.id, conversation.readSeq);
  }

  /** The page may be gone the next moment. */
  leaving() { this.#receipts.leaving(); }

  send(text) {
    const conversation = this.openConversation;
    conversation.activity = ++this.#activity;
    this.pending.add(conversation.id, text);
  }

  /** The change itself comes by the socket, as to everybody. */
  edit(messageId, text) { return this.#session.patch(`/v1/messages/${encodeURIComponent(messageId)}`, { body: { text } }); }

  /** For everybody. */
  remove(messageId) { return this.#session.delete(`/v1/messages/${encodeURIComponent(messageId)}`); }

  react(messageId, emoji, on) { this.#connection.send('reaction.set', { messageId, emoji, on }); }

  async loadOlder() {
    const conversation = this.openConversation;
    const oldest = conversation?.messages[0];
    if (!oldest || conversation.history.loading || !conversation.history.hasMore) return;
    conversation.history.loading = true;
    this.#events.changed(conversation.id);
    await this.#guard(async () => {
      const page = await this.#session.get(`${path(conversation)}/messages?before=${oldest.changeSeq}&limit=${PAGE}`);
      if (conversation.holds(oldest.messageId)) conversation.addPage(page.items, page.hasMore, false);
    });
    conversation.history.loading = false;
    this.#events.changed(conversation.id);
  }

  async moreConversations() {
    await this.#guard(async () => {
      const page = await this.#session.get(`/v1/conversations?limit=${PAGE}&cursor=${encodeURIComponent(this.#inboxCursor)}`);
      this.#inboxCursor = page.nextCursor ?? null;
      for (const item of page.items) {
        const known = this.#conversations.has(item.conversation.conversationId);
        const conversation = this.#known(item.conversation.conversationId);
        conversation.mergeInbox(item);
        if (!known) conversation.activity = --this.#leastActivity;
      }
    });
    this.#events.changed(null);
  }

  // --- the socket ---

  /** Before the first hello the inbox is read, so that the server streams only what came after it. */
  async #prepare() {
    if (!this.#inboxLoaded) await this.#refreshInbox();
  }

  #cursors() {
    const known = [...this.#conversations.values()].filter((conversation) => conversation.cursor !== null);
    return Object.fromEntries(known.map((conversation) => [conversation.id, conversation.cursor]));
  }

  #stateChanged(state, detail) {
    if (state === 'waiting' || state === 'ended') {
      this.pending.connectionLost();
      this.#receipts.connectionLost();
      this.#repair.connectionLost();
      for (const conversation of this.#conversations.values()) conversation.receiptsFresh = false;
    }
    this.#events.state(state, detail);
    if (state === 'online') this.#caughtUp();
  }

  #caughtUp() {
    this.#receipts.connected();
    this.pending.resendAll();
    this.#repair.connected([...this.#conversations.values()]);
    if (this.openConversation) this.open(this.#openId);
  }

  #frame(type, data, id) {
    if (data.changeSeq !== undefined && data.conversationId && type !== 'ack') return this.#change({ ...data, type });
    switch (type) {
      case 'ack': return this.#acked(data, id);
      case 'error': return this.#refused(data, id);
      case 'changes': return this.#repair.answered(this.#known(data.conversationId), data, (change) => this.#change(change));
      case 'receipt.delivered': return this.#receipt(data, { deliveredSeq: data.seq });
      case 'receipt.read': return this.#receipt(data, { readSeq: data.seq });
      case 'inbox.updated':
        this.#conversations.get(data.conversationId)?.inboxUpdated(data);
        return this.#events.changed(null);
      case 'sync.reset': return this.#reset(data);
      case 'sync.end': return this.#heads(data.heads ?? {});
      default: return undefined;  // later versions may say more
    }
  }

  #change(change) {
    const conversation = this.#known(change.conversationId);
    const isNew = conversation.apply(change);
    const { message } = change;
    if (message?.senderId === this.me) this.pending.settle(message.clientMsgId);
    if (!isNew) return;
    if (change.type === 'message.new') conversation.activity = ++this.#activity;
    if (!conversation.described) this.#refreshSoon();
    this.#moved(conversation);
  }

  #moved(conversation) {
    this.#receipts.delivered(conversation.id, conversation.cursor);
    if (conversation.gap) this.#repair.soon(conversation);
    if (conversation.id === this.#openId) this.seen();
    this.#events.changed(conversation.id);
  }

  /** An ack is our own change coming back: the sending connection may get no other. */
  #acked(ack, id) {
    const entry = this.pending.get(ack.clientMsgId ?? id);
    if (!entry) return;
    const message = {
      messageId: ack.messageId, seq: ack.seq, senderId: this.me, senderDeviceId: this.#session.deviceId,
      clientMsgId: entry.clientMsgId, createdAt: ack.createdAt, body: { text: entry.text }, attachments: [], mentions: [],
    };
    this.#change({ type: 'message.new', conversationId: entry.conversationId, changeSeq: ack.changeSeq, seq: ack.seq, message });
    this.pending.settle(entry.clientMsgId);
    this.#events.changed(entry.conversationId);
  }

  #refused(problem, id) {
    if (this.pending.has(id)) {
      const failed = this.pending.refused(id, problem);
      // In the open conversation the message itself says so.
      if (failed && failed.conversationId !== this.#openId) this.#events.problem(new Error(failed.failed));
    } else if (!this.#repair.refused(id)) {
      this.#events.problem(new Error(problem.detail || problem.title || 'The server refused that.'));
    }
  }

  #receipt({ conversationId, userId }, cursors) {
    this.#conversations.get(conversationId)?.receipt(userId, cursors);
    this.#events.changed(conversationId);
  }

  #reset({ conversationId, headSeq, headChangeSeq }) {
    const conversation = this.#known(conversationId);
    conversation.reset(headSeq, headChangeSeq);
    this.#receipts.delivered(conversationId, headChangeSeq);
    this.#refreshSoon();
    if (conversationId === this.#openId) this.open(conversationId);
    this.#events.changed(conversationId);
  }

  #heads(heads) {
    for (const [id, head] of Object.entries(heads)) {
      const conversation = this.#conversations.get(id);
      if (!conversation?.described) this.#refreshSoon();
      else if (conversation.cursor !== null && head > conversation.cursor) conversation.wanted = head;
    }
  }

  // --- REST ---

  #known(id) {
    if (!this.#conversations.has(id)) this.#conversations.set(id, new Conversation(id, this.me));
    return this.#conversations.get(id);
  }

  #refreshSoon() {
    this.#refreshTimer ||= setTimeout(() => {
      this.#refreshTimer = 0;
      this.#guard(() => this.#refreshInbox());
    }, REFRESH_AFTER_MS);
  }

  async #refreshInbox() {
    const page = await this.#session.get(`/v1/conversations?limit=${PAGE}`);
    if (!this.#inboxLoaded) this.#inboxCursor = page.nextCursor ?? null;
    this.#inboxLoaded = true;
    for (const item of [...page.items].reverse()) {
      const conversation = this.#known(item.conversation.conversationId);
      const hadCursor = conversation.cursor !== null;
      const upToDate = conversation.mergeInbox(item);
      if (upToDate || conversation.activity === 0) conversation.activity = ++this.#activity;
      // Read means delivered. Unread ones are on this device from now on: their senders may know.
      if (!hadCursor && conversation.unread === 0) this.#receipts.alreadyDelivered(conversation.id, conversation.cursor);
      else this.#receipts.delivered(conversation.id, conversation.cursor);
    }
    for (const conversation of this.#conversations.values()) {
      if (!conversation.described) await this.#describe(conversation);
    }
    if (this.openConversation) this.open(this.#openId);
    this.#events.changed(null);
  }

  /** The inbox does not have it (yet): ask for it by name. */
  async #describe(conversation) {
    try {
      conversation.describe(await this.#session.get(path(conversation)));
    } catch (problem) {
      if (problem.status === 403 || problem.status === 404) this.#conversations.delete(conversation.id);
      else throw problem;
    }
  }

  async #loadNewest(conversation) {
    if (conversation.history.loading) return;
    conversation.history.loading = true;
    this.#events.changed(conversation.id);
    const { history } = conversation;
    await this.#guard(async () => {
      const page = await this.#session.get(`${path(conversation)}/messages?limit=${PAGE}`);
      conversation.addPage(page.items, page.hasMore, true);
      this.#repair.holes(conversation);
      this.seen();
    });
    history.loading = false;
    this.#events.changed(conversation.id);
  }

  async #loadReceipts(conversation) {
    if (conversation.headSeq === 0) return;
    conversation.receiptsFresh = true;
    await this.#guard(async () => {
      // seq 1: everybody's cursors, whether the server lists all members or only those who have that message.
      const { items } = await this.#session.get(`${path(conversation)}/receipts?seq=1`);
      for (const item of items ?? []) conversation.receipt(item.userId, item);
    });
    this.#events.changed(conversation.id);
  }

  async #loadMembers(conversation) {
    await this.#guard(async () => {
      const items = [];
      let cursor = '';
      do {
        const page = await this.#session.get(`${path(conversation)}/members?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
        items.push(...page.items);
        cursor = page.nextCursor ?? '';
      } while (cursor && items.length < 1000);
      conversation.setMembers(items);
    });
    this.#events.changed(conversation.id);
  }

  /** Work that the user did not ask for by a button: a fault is told, and the next connection tries again. */
  async #guard(work) {
    try {
      await work();
    } catch (problem) {
      if (problem instanceof SessionEnded) this.#events.state('ended', { message: 'Your session has ended. Please sign in again.' });
      else if (problem.status !== 0) this.#events.problem(problem);
    }
  }
}

function path(conversation) { return `/v1/conversations/${encodeURIComponent(conversation.id)}`; }
