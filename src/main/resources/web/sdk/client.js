// A device of a signed-in user: one object with events and promises over connection, streams, repair, receipts and pending sends.
// Promises: every change of a conversation is told once and in order; a send is told of until the server has it or has refused it.

import { Events } from './events.js';
import { newId } from './ids.js';
import { Link } from './link.js';
import { PendingSends } from './pending.js';
import { ReceiptSender } from './receipts.js';
import { GapRepair } from './repair.js';
import { Rest } from './rest.js';
import { Problem } from './session.js';
import { SoftState } from './soft.js';
import { ChangeStream } from './stream.js';

/** Every option with its default; README.md says what they mean. */
export const DEFAULTS = Object.freeze({
  transports: ['websocket', 'sockjs'],
  sockJsTransports: ['websocket', 'xhr-streaming', 'xhr-polling'],
  shareTabs: true,
  inboxPage: 50,
  openWithinMs: 8_000,
  welcomeWithinMs: 10_000,
  pongWithinMs: 8_000,
  answerWithinMs: 10_000,
  firstWindowMs: 800,
  lastWindowMs: 10_000,
  gapWaitMs: 300,
  collectReceiptsMs: 200,
  collectCountedReceiptsMs: 4_000,
});

/** What a frame to the server holds until its welcome says so; a longer one ends the connection. */
const USUAL_FRAME_BYTES = 65_536;
/** For conversations left out of a hello the server's own record of this device counts. */
const MOST_CURSOR_CHARACTERS = 48_000;
const utf8 = new TextEncoder();

export class ParleyClient {
  #options;
  #events = new Events();
  /** Those that moved last are last. */
  #streams = new Map();
  #link;
  #pending;
  #receipts;
  #repair;
  #soft;
  #requests = new Map();
  #tab = newId().slice(0, 8);
  #counter = 0;
  #inboxRead = false;
  #watched = [];
  #mostFrameBytes = USUAL_FRAME_BYTES;
  #connecting = null;
  #closed = () => {};

  constructor(session, options = {}) {
    this.userId = session.userId;
    this.deviceId = session.deviceId;
    this.#options = { ...DEFAULTS, ...options };
    this.rest = new Rest(session, (conversationId, messages) => this.#stored(conversationId, messages));
    this.#link = new Link(session, this.#options, {
      prepare: () => this.#prepare(),
      hello: () => ({ cursors: this.#newestCursors() }),
      cursors: () => this.#cursors(),
      caughtUp: (cursors) => this.#heads(cursors),
      frame: (type, data, id) => this.#frame(type, data, id),
      state: (state, detail) => this.#stateChanged(state, detail),
      posted: (message) => this.#posted(message),
    });
    this.#pending = new PendingSends(session, {
      transmit: (entry) => this.#transmit(entry),
      acked: (entry, ack) => this.#acked(entry, ack),
      changed: (conversationId) => this.#events.emit('pending', { conversationId }),
      failed: (entry) => this.#events.emit('failed', entry),
      post: (message) => this.#link.post(message),
    });
    const send = (type, data) => this.#link.send(type, data);
    this.#receipts = new ReceiptSender(send, this.#options.collectReceiptsMs, this.#options.collectCountedReceiptsMs);
    this.#repair = new GapRepair((type, data, ms) => this.request(type, data, ms), (stream) => this.#moved(stream), this.#options.gapWaitMs);
    this.#soft = new SoftState(send, this.#events, () => `${this.#tab}-soft-${++this.#counter}`);
  }

  /** idle, connecting, syncing, online, waiting or ended. */
  get state() { return this.#link.state; }
  /** Whether this tab has the connection. */
  get leads() { return this.#link.leads; }
  /** Sends that wait for their ack, over all conversations. */
  get waiting() { return this.#pending.count; }

  /** Listens to an event of README.md; the answer takes the listener off. */
  on(event, listener) { return this.#events.on(event, listener); }

  /**
   * Connects, and stays connected until `close`. Resolves at the first `online`; rejects where the server sends the device away, and
   * where `close` came first. A closed client does not come back.
   */
  connect() {
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  #connect() {
    const online = new Promise((resolve, reject) => {
      this.#closed = () => reject(new Problem(0, { detail: 'This client was closed.', code: 'ended', retryable: false }));
      if (this.state === 'ended') this.#closed();
      const off = this.on('state', ({ state, message }) => {
        if (state !== 'online' && state !== 'ended') return;
        off();
        if (state === 'online') resolve();
        else reject(new Problem(401, { detail: message, code: 'ended' }));
      });
    });
    online.catch(() => {});  // the event says it too
    this.#pending.load().then(() => { if (this.state === 'idle') this.#link.start(); });
    return online;
  }

  /** Ends the connection. What is not acked stays stored and goes out when the next client of this device connects. */
  close() {
    this.flush();
    this.#disconnected();
    this.#link.stop();
    this.#pending.stop();
    this.#closed();
  }

  /** Does not wait for the next attempt. */
  tryNow() { this.#link.tryNow(); }

  // --- sending ---

  /** Sends a message; `text`, or a body {text, format}. Answers at once: {clientMsgId, …, acked: Promise of the ack}. */
  send(conversationId, text, { replyTo } = {}) {
    return this.#pending.add(conversationId, typeof text === 'string' ? { text } : text, replyTo);
  }

  pendingOf(conversationId) { return this.#pending.of(conversationId); }
  retry(clientMsgId) { this.#pending.retry(clientMsgId); }
  discard(clientMsgId) { this.#pending.discard(clientMsgId); }

  edit(messageId, text) { return this.request('message.edit', { messageId, body: typeof text === 'string' ? { text } : text }); }
  delete(messageId) { return this.request('message.delete', { messageId }); }
  react(messageId, emoji, on = true) { return this.request('reaction.set', { messageId, emoji, on }); }

  /** Mutes, archives, pins: as `rest.settings`, and the other tabs of this device hear of it. */
  async settings(conversationId, settings) {
    const state = await this.rest.settings(conversationId, settings);
    this.#link.post({ kind: 'settings', state });
    return state;
  }

  /** The user has seen everything up to this message's seq. Kept and sent again until the server has been told. */
  read(conversationId, seq) {
    // Noted here too: should this tab lead next, it says what the leading one could not.
    this.#receipts.read(conversationId, seq);
    this.#link.post({ kind: 'read', conversationId, seq });
  }

  /** The page is going away: what is collected goes out now. */
  flush() { this.#receipts.leaving(); }

  /** The user is typing (or stopped); call it at every key, it sends little. */
  typing(conversationId, on = true) { this.#soft.typing(conversationId, on); }

  /** Whose presence is wanted from now on; replaces what was asked for before. */
  watchPresence(userIds) {
    this.#watched = userIds;
    if (this.leads) this.#watch(this.#tab, userIds);
    else this.#link.post({ kind: 'watch', tab: this.#tab, userIds });
  }

  #watch(tab, userIds) { this.#link.post({ kind: 'watched', userIds: this.#soft.watch(tab, userIds) }); }

  /** Who types there now, as user ids. */
  typingIn(conversationId) { return this.#soft.typingIn(conversationId); }

  /** The last that was heard of a user: {status, lastSeenAt}, or undefined. */
  presenceOf(userId) { return this.#soft.presenceOf(userId); }

  /** 'online' or 'away', until it is said otherwise; a connection begins as online. */
  setPresence(status) { this.#soft.setPresence(status); }

  /**
   * Any frame that has an answer. Rejects with a Problem: the server's, 413 where the frame is too long to be sent at all, or status 0
   * where there was no connection or no answer.
   */
  request(type, data, withinMs = this.#options.answerWithinMs) {
    const id = `${this.#tab}-${++this.#counter}`;
    return new Promise((resolve, reject) => {
      if (utf8.encode(JSON.stringify({ t: type, id, d: data })).length > this.#mostFrameBytes) {
        reject(new Problem(413, { detail: 'That is too long to be sent.', code: 'payload_too_large', retryable: false }));
        return;
      }
      if (!this.#link.send(type, data, id)) {
        reject(new Problem(0, { detail: 'There is no connection.' }));
        return;
      }
      const timer = setTimeout(() => this.#answer(id, null, new Problem(0, { detail: 'The server did not answer.' })), withinMs);
      this.#requests.set(id, { resolve, reject, timer });
    });
  }

  #answer(id, data, problem) {
    const request = this.#requests.get(id);
    if (!request) return false;
    clearTimeout(request.timer);
    this.#requests.delete(id);
    if (problem) request.reject(problem);
    else request.resolve(data);
    return true;
  }

  // --- conversations ---

  /** The changeSeq up to which everything of a conversation has been told; null where nothing is known of it. */
  cursor(conversationId) { return this.#streams.get(conversationId)?.cursor ?? null; }

  /** The first page of the inbox again: lines as `GET /v1/conversations` has them, which also say where new conversations begin. */
  async refreshInbox() {
    return this.#readInbox({}, false);
  }

  /** An older page of the inbox. */
  async olderInbox(cursor) {
    return this.#readInbox({ cursor }, true);
  }

  async #readInbox(place, older) {
    const askedAt = performance.now();
    const page = await this.rest.inbox({ limit: this.#options.inboxPage, ...place });
    this.#tookInbox(page, older, askedAt);
    return page;
  }

  /** Before the first hello the inbox is read, so that the server streams only what came after it. */
  async #prepare() {
    if (!this.#inboxRead) await this.refreshInbox();
  }

  #tookInbox(page, older, askedAt) {
    const first = !this.#inboxRead;
    this.#inboxRead = true;
    const before = this.#streams;
    if (older) this.#streams = new Map();
    for (const item of [...page.items].reverse()) {
      const { conversationId } = item.conversation;
      if (older && before.has(conversationId)) continue;
      const stream = this.#stream(conversationId);
      const fresh = stream.cursor === null;
      stream.startAt(item.headChangeSeq);
      // What is read was delivered before. What is not is on this device from now on: its senders may know.
      if (fresh && item.unread === 0) this.#receipts.alreadyDelivered(conversationId, stream.cursor);
      else this.#receipts.delivered(conversationId, stream.cursor);
    }
    if (older) for (const [id, stream] of before) this.#streams.set(id, stream);
    this.#events.emit('inbox', { ...page, first, older, askedAt });
  }

  #stream(id) {
    if (!this.#streams.has(id)) this.#streams.set(id, new ChangeStream(id, this.userId, (change) => this.#told(change)));
    return this.#streams.get(id);
  }

  #cursors() {
    const known = [...this.#streams.values()].filter((stream) => stream.cursor !== null);
    return Object.fromEntries(known.map((stream) => [stream.id, stream.cursor]));
  }

  #newestCursors() {
    let left = MOST_CURSOR_CHARACTERS;
    const newest = Object.entries(this.#cursors()).reverse();
    return Object.fromEntries(newest.filter(([id, cursor]) => (left -= id.length + String(cursor).length + 4) > 0));
  }

  #told(change) {
    const { message } = change;
    if (message?.senderId === this.userId && message.clientMsgId) this.#pending.settle(message.clientMsgId, ackOf(change));
    this.#events.emit('change', change);
    if (change.type !== 'message.new') return;
    this.#soft.typed({ conversationId: change.conversationId, userId: message.senderId, on: false });
    this.#events.emit('message', change);
  }

  /** A page of history may show what went out long ago and was never confirmed. */
  #stored(conversationId, messages) {
    for (const message of messages) {
      if (message.senderId !== this.userId || !this.#pending.get(message.clientMsgId)) continue;
      this.#pending.settle(message.clientMsgId, ackOf({ conversationId, changeSeq: message.changeSeq, message }));
    }
  }

  #moved(stream) {
    this.#streams.delete(stream.id);
    this.#streams.set(stream.id, stream);
    if (stream.cursor !== null) {
      this.#receipts.delivered(stream.id, stream.cursor);
      this.#pending.settleUpTo(stream.id, stream.cursor);
    }
    if (stream.gap) this.#repair.soon(stream);
  }

  // --- the connection ---

  #stateChanged(state, detail) {
    if (state !== 'syncing' && state !== 'online') this.#disconnected();
    if (state === 'ended') this.#pending.stop();
    this.#events.emit('state', { state, ...detail });
    if (state !== 'online') return;
    if (this.leads) {
      this.#receipts.connected();
      this.#pending.load().then(() => this.#pending.resendAll());
      this.#soft.connected();
    }
    this.watchPresence(this.#watched);
    this.#repair.connected(this.#streams.values());
  }

  #disconnected() {
    this.#pending.connectionLost();
    this.#receipts.connectionLost();
    this.#repair.connectionLost();
    this.#soft.connectionLost();
    for (const id of [...this.#requests.keys()]) this.#answer(id, null, new Problem(0, { detail: 'The connection was lost.' }));
  }

  #posted(message) {
    if (message.kind.startsWith('pending.')) this.#pending.heard(message);
    else if (message.kind === 'watched') this.#soft.only(message.userIds);
    else if (message.kind === 'read') this.#seen(message);
    else if (message.kind === 'settings') this.#events.emit('settings', message.state);
    else if (!this.leads) return;
    else if (message.kind === 'watch') this.#watch(message.tab, message.userIds);
  }

  /** In another tab of this device: the server tells other devices only. */
  #seen({ conversationId, seq }) {
    this.#receipts.read(conversationId, seq);
    this.#events.emit('seen', { conversationId, seq });
  }

  #frame(type, data, id) {
    if (data.changeSeq !== undefined && data.conversationId && type !== 'ack') return this.#change({ ...data, type });
    switch (type) {
      case 'welcome':
        this.#mostFrameBytes = data.limits?.maxFrameBytes ?? USUAL_FRAME_BYTES;
        return undefined;
      case 'ack':
      case 'changes': return this.#answer(id, data);
      case 'error': return this.#refused(data, id);
      case 'receipt.delivered':
      case 'receipt.read':
      case 'receipt.aggregate':
        this.#receipts.heard(data.conversationId, type === 'receipt.aggregate');
        return this.#events.emit('receipt', { ...data, type });
      case 'inbox.updated': return this.#events.emit('settings', data);
      case 'typing': return data.userId === this.userId ? undefined : this.#soft.typed(data);
      case 'presence': return this.#soft.seen(data);
      case 'sync.reset': return this.#reset(data);
      case 'sync.end': return this.#heads(data.heads ?? {});
      default: return undefined;  // later versions may say more
    }
  }

  #change(change) {
    const stream = this.#stream(change.conversationId);
    if (!change.made && change.changeSeq <= stream.cursor) this.#receipts.again(stream.id, change.changeSeq, stream.cursor);
    stream.offer(change);
    this.#moved(stream);
  }

  #refused(body, id) {
    if (this.#soft.refused(id, body)) return;
    const problem = new Problem(body.status ?? 400, body);
    if (this.#answer(id, null, problem) || (id && !id.startsWith(this.#tab))) return;
    if (!id && problem.retryable) this.#receipts.refused(problem.retryAfterMs);
    this.#events.emit('problem', problem);
  }

  #reset(data) {
    const stream = this.#stream(data.conversationId);
    if (!stream.reset(data.headChangeSeq)) return;
    this.#moved(stream);
    this.#events.emit('reset', data);
  }

  /** Where the conversations stand: what lies below and did not come has to be asked for. */
  #heads(heads) {
    for (const [id, head] of Object.entries(heads)) {
      const stream = this.#stream(id);
      if (stream.cursor === null) stream.startAt(head);
      stream.want(head);
      if (stream.gap) this.#repair.soon(stream);
    }
    this.#events.emit('heads', heads);
  }

  #transmit({ conversationId, clientMsgId, body, replyTo }) {
    if (!this.leads || this.state !== 'online') return null;
    return this.request('message.send', { conversationId, clientMsgId, body, ...(replyTo ? { replyTo } : {}) });
  }

  /** An ack is our own change coming back, for all tabs: the sending connection may get no other. Who is mentioned it does not say. */
  #acked({ conversationId, clientMsgId, body, replyTo }, { messageId, seq, changeSeq, createdAt }) {
    const message = {
      messageId, seq, senderId: this.userId, senderDeviceId: this.deviceId, clientMsgId, createdAt, body, attachments: [], mentions: [],
      ...(replyTo ? { replyTo } : {}),
    };
    this.#link.relay('message.new', { conversationId, changeSeq, seq, at: createdAt, actorId: this.userId, message, made: true });
  }
}

/** What the message itself says of its ack; how it is stored, and by which of several tries, it does not. */
function ackOf({ conversationId, changeSeq, message }) {
  const { clientMsgId, messageId, seq, createdAt } = message;
  return { conversationId, clientMsgId, messageId, seq, changeSeq, createdAt };
}
