// Sends that no ack has confirmed yet. Promises: what the user sent survives a reload; it goes out again with the same
// clientMsgId until the server answers; in one conversation sends go out one after the other, in the order they were made.
// Every tab knows all of them; the one that leads the connection transmits and settles them.

import { newId } from './ids.js';
import { Outbox } from './outbox.js';
import { Problem } from './session.js';

export class PendingSends {
  #deviceId;
  #outbox;
  #hooks;
  #entries = new Map();
  #waiting = new Map();
  #inFlight = new Map();

  /**
   * hooks: {transmit(entry): Promise of the ack, or null where there is no connection; acked(entry, ack);
   * changed(conversationId); post(message): to the other tabs; failed(entry)}
   */
  constructor(session, hooks) {
    this.#deviceId = session.deviceId;
    this.#outbox = new Outbox(session.userId);
    this.#hooks = hooks;
  }

  /** Reads what earlier pages left; also whenever this tab takes the lead. */
  async load() {
    for (const entry of await this.#outbox.all()) {
      if (!this.#entries.has(entry.clientMsgId)) this.#show(this.#adopted(entry));
    }
  }

  /** Another device's send key is not ours: sending it again could double the message, so the user decides. */
  #adopted(entry) {
    if (entry.deviceId === this.#deviceId || entry.failed) return entry;
    return { ...entry, failed: 'Not confirmed before you signed in anew; it may have arrived.' };
  }

  get count() { return [...this.#entries.values()].filter((entry) => !entry.failed && !entry.ack).length; }

  of(conversationId) {
    return [...this.#entries.values()].filter((entry) => entry.conversationId === conversationId).sort((one, other) => one.at - other.at);
  }

  get(clientMsgId) { return this.#entries.get(clientMsgId); }

  /** Takes a send over: {…entry, acked: Promise of the ack}, which rejects with a Problem where the server refuses it for good. */
  add(conversationId, body, replyTo) {
    const last = this.of(conversationId).at(-1)?.at ?? 0;
    const entry = {
      clientMsgId: newId(), conversationId, body, at: Math.max(Date.now(), last + 1), deviceId: this.#deviceId,
      ...(replyTo ? { replyTo } : {}),
    };
    const acked = new Promise((resolve, reject) => this.#waiting.set(entry.clientMsgId, { resolve, reject }));
    acked.catch(() => {});  // whoever does not look at it shall not be warned of it
    this.#keep(entry);
    return { ...entry, acked };
  }

  retry(clientMsgId) {
    const entry = this.#entries.get(clientMsgId);
    if (entry?.failed) this.#keep({ ...entry, deviceId: this.#deviceId, failed: undefined });
  }

  discard(clientMsgId) { this.settle(clientMsgId, null); }

  /** The message itself has come by; or, without an ack, the user takes it back. */
  settle(clientMsgId, told) {
    const entry = this.#entries.get(clientMsgId);
    if (!entry) return;
    const ack = entry.ack ?? told;
    this.#forget(entry, ack);
    this.#outbox.delete(clientMsgId);
    this.#hooks.post({ kind: 'pending.settled', clientMsgId, ack });
    this.pump(entry.conversationId);
  }

  /** Everything up to here has been told or passed over: what is acked below is nowhere under way any more. */
  settleUpTo(conversationId, changeSeq) {
    for (const { clientMsgId, ack } of this.of(conversationId)) if (ack?.changeSeq <= changeSeq) this.settle(clientMsgId, ack);
  }

  /** What another tab says about a send. */
  heard({ kind, clientMsgId, ack, entry }) {
    if (kind === 'pending.settled' && this.#entries.has(clientMsgId)) this.#forget(this.#entries.get(clientMsgId), ack);
    if (kind === 'pending.kept') {
      this.#show(entry);
      if (entry.failed) this.#reject(entry);
      this.pump(entry.conversationId);
    }
  }

  /** The connection is usable (again): whatever was in flight on the old one goes out anew. */
  resendAll() {
    this.connectionLost();
    for (const id of new Set([...this.#entries.values()].map((entry) => entry.conversationId))) this.pump(id);
  }

  connectionLost() {
    for (const flight of this.#inFlight.values()) clearTimeout(flight.timer);
    this.#inFlight.clear();
  }

  /** Transmits the conversation's oldest send, unless one is under way. */
  async pump(conversationId) {
    if (this.#inFlight.has(conversationId)) return;
    const entry = this.of(conversationId).find((candidate) => !candidate.failed && !candidate.ack);
    const answer = entry ? this.#hooks.transmit(entry) : null;
    if (!answer) return;
    const flight = { clientMsgId: entry.clientMsgId, timer: 0 };
    this.#inFlight.set(conversationId, flight);
    try {
      const ack = await answer;
      this.#release(entry);
      // It stays in sight until it has come by under its number.
      if (this.#entries.has(entry.clientMsgId)) this.#entries.set(entry.clientMsgId, { ...entry, ack });
      this.#hooks.acked(entry, ack);
      this.pump(conversationId);
    } catch (problem) {
      if (this.#inFlight.get(conversationId) === flight) this.#refused(entry, flight, problem);
    }
  }

  #refused(entry, flight, problem) {
    if (problem.retryable) {
      const wait = problem.status === 0 ? 0 : (problem.retryAfterMs ?? 1_000) * (1 + Math.random());
      flight.timer = setTimeout(() => { this.#release(entry); this.pump(entry.conversationId); }, wait);
      return;
    }
    this.#release(entry);
    const failed = { ...entry, failed: problem.message };
    this.#keep(failed);
    this.#reject(failed, problem);
    this.#hooks.failed(failed);
  }

  /** What waits for its ack waits no more; after an ack this changes nothing. */
  #reject(entry, problem = new Problem(0, { detail: entry.failed })) {
    this.#waiting.get(entry.clientMsgId)?.reject(problem);
    this.#waiting.delete(entry.clientMsgId);
  }

  #release(entry) {
    const flight = this.#inFlight.get(entry.conversationId);
    if (flight?.clientMsgId !== entry.clientMsgId) return;
    clearTimeout(flight.timer);
    this.#inFlight.delete(entry.conversationId);
  }

  #forget(entry, ack) {
    this.#release(entry);
    this.#entries.delete(entry.clientMsgId);
    if (ack) this.#waiting.get(entry.clientMsgId)?.resolve(ack);
    this.#reject(entry, new Problem(0, { detail: 'It was taken back.', code: 'discarded', retryable: false }));
    this.#hooks.changed(entry.conversationId);
  }

  #show(entry) {
    this.#entries.set(entry.clientMsgId, entry);
    this.#hooks.changed(entry.conversationId);
  }

  /** On disk before it goes out: a page that dies in between sends it again, under the same key. */
  async #keep(entry) {
    this.#show(entry);
    await this.#outbox.put(entry);
    this.#hooks.post({ kind: 'pending.kept', entry });
    this.pump(entry.conversationId);
  }
}
