// Sends that no ack has confirmed yet. Promises: what the user sent survives a reload; it goes out again with the same
// clientMsgId until the server answers; in one conversation sends go out one after the other, in the order they were made.
// Every tab knows all of them; the one that leads the connection transmits and settles them.
// How long a send key counts is the server's promise: a send that is older is not sent again by itself, or there might be two.

import { newId } from './ids.js';
import { Outbox } from './outbox.js';
import { Problem } from './session.js';

/** For so long the server knows a clientMsgId again, at least (PROTOCOL). */
const KEY_LIVES_MS = 7 * 24 * 60 * 60 * 1_000;
/** Who waits longer than this before the next try is told why. */
const LONG_WAIT_MS = 5_000;

export class PendingSends {
  #deviceId;
  #outbox;
  #hooks;
  #entries = new Map();
  #waiting = new Map();
  #inFlight = new Map();
  #stopped = false;

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
      if (this.#entries.has(entry.clientMsgId)) continue;
      const adopted = this.#adopted(entry);
      this.#show(adopted);
      if (adopted !== entry) this.#hooks.failed(adopted);
    }
  }

  /** What could be a second message, were it sent again, is for the user to decide: another device's send key is not ours. */
  #adopted(entry) {
    if (entry.failed) return entry;
    if (entry.deviceId !== this.#deviceId) return { ...entry, failed: 'Not confirmed before you signed in anew; it may have arrived.' };
    return isOutdated(entry) ? outdated(entry) : entry;
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
    if (this.#stopped) this.#reject(entry, closed());
    this.#keep(entry);
    return { ...entry, acked };
  }

  retry(clientMsgId) {
    const entry = this.#entries.get(clientMsgId);
    if (!entry?.failed) return;
    const at = isOutdated(entry) ? Date.now() : entry.at;
    this.#keep({ ...entry, at, deviceId: this.#deviceId, failed: undefined });
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

  /** The client has ended: nobody here hears of an ack any more. What is stored goes out with the next client of this device. */
  stop() {
    this.#stopped = true;
    this.connectionLost();
    for (const { reject } of this.#waiting.values()) reject(closed());
    this.#waiting.clear();
  }

  /** What another tab says about a send. */
  heard({ kind, clientMsgId, ack, entry, waits, problem }) {
    if (kind === 'pending.waits') this.#tellWait(clientMsgId, waits);
    if (kind === 'pending.acked') this.#acked(clientMsgId, ack);
    if (kind === 'pending.settled' && this.#entries.has(clientMsgId)) {
      const settled = this.#entries.get(clientMsgId);
      this.#forget(settled, ack);
      this.pump(settled.conversationId);  // it may have held up others here, where it was under way
    }
    if (kind === 'pending.kept') {
      const hasFailed = entry.failed && !this.#entries.get(entry.clientMsgId)?.failed;
      this.#show(entry);
      if (hasFailed) {
        this.#reject(entry, problem && new Problem(problem.status, problem));
        this.#hooks.failed(entry);
      }
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
    for (const { clientMsgId, waits } of [...this.#entries.values()]) if (waits) this.#tellWait(clientMsgId, undefined);
  }

  /** Transmits the conversation's oldest send, unless one is under way. */
  async pump(conversationId) {
    if (this.#inFlight.has(conversationId)) return;
    const entry = this.of(conversationId).find((candidate) => !candidate.failed && !candidate.ack);
    if (entry && isOutdated(entry)) {
      const failed = outdated(entry);
      this.#giveUp(failed, new Problem(0, { detail: failed.failed, code: 'outdated', retryable: false }));
      return;
    }
    const answer = entry ? this.#hooks.transmit(entry) : null;
    if (!answer) return;
    this.#tellAllWait(entry.clientMsgId, undefined);
    const flight = { clientMsgId: entry.clientMsgId, timer: 0 };
    this.#inFlight.set(conversationId, flight);
    try {
      const ack = await answer;
      this.#release(entry);
      this.#acked(entry.clientMsgId, ack);
      // Before the change that is made of it: that does not say all that the server did.
      this.#hooks.post({ kind: 'pending.acked', clientMsgId: entry.clientMsgId, ack });
      this.#hooks.acked(entry, ack);
      this.pump(conversationId);
    } catch (problem) {
      if (this.#inFlight.get(conversationId) === flight) this.#refused(entry, flight, problem);
    }
  }

  /** It stays in sight until it has come by under its number. */
  #acked(clientMsgId, ack) {
    const entry = this.#entries.get(clientMsgId);
    if (entry) this.#show({ ...entry, waits: undefined, ack });
  }

  #refused(entry, flight, problem) {
    if (problem.retryable) {
      const asked = problem.status === 0 ? 0 : problem.retryAfterMs ?? 1_000;
      const wait = asked + Math.random() * Math.min(asked, LONG_WAIT_MS);
      flight.timer = setTimeout(() => {
        this.#release(entry);
        this.#tellAllWait(entry.clientMsgId, undefined);
        this.pump(entry.conversationId);
      }, wait);
      if (wait > LONG_WAIT_MS) this.#tellAllWait(entry.clientMsgId, { until: Date.now() + wait, why: problem.message });
      return;
    }
    this.#release(entry);
    this.#giveUp({ ...entry, failed: problem.message }, problem);
  }

  /** It stays, for the user to decide. */
  #giveUp(failed, problem) {
    this.#keep({ ...failed, waits: undefined }, problem);
    this.#reject(failed, problem);
    this.#hooks.failed(failed);
  }

  #tellAllWait(clientMsgId, waits) {
    if (this.#entries.get(clientMsgId)?.waits === waits) return;
    this.#tellWait(clientMsgId, waits);
    this.#hooks.post({ kind: 'pending.waits', clientMsgId, waits });
  }

  /** Why and until when the server wants to hear no more of a send; in memory only, since it says so again. */
  #tellWait(clientMsgId, waits) {
    const entry = this.#entries.get(clientMsgId);
    if (entry && !entry.failed) this.#show({ ...entry, waits });
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

  /**
   * On disk before it goes out: a page that dies in between sends it again, under the same key. What the browser cannot keep goes out
   * all the same. problem: why it has failed.
   */
  async #keep({ unkept, ...entry }, problem) {
    this.#show(entry);
    const isKept = await this.#outbox.put(entry);
    const current = this.#entries.get(entry.clientMsgId);
    if (!current) {  // taken back meanwhile
      this.#outbox.delete(entry.clientMsgId);
      return;
    }
    if (!isKept) this.#show({ ...current, unkept: true });
    const told = isKept ? entry : { ...entry, unkept: true };
    this.#hooks.post({ kind: 'pending.kept', entry: told, problem: problem && wordsOf(problem) });
    this.pump(entry.conversationId);
  }
}

/** What another tab needs to make the same Problem of it. */
function wordsOf({ status, code, retryable, scope, message }) { return { status, code, retryable, scope, detail: message }; }

function isOutdated({ at }) { return Date.now() - at > KEY_LIVES_MS; }

function outdated(entry) { return { ...entry, failed: 'Not confirmed for a week; it may have arrived.' }; }

function closed() {
  return new Problem(0, { detail: 'This client has ended; what is not sent yet goes out with the next one.', code: 'ended', retryable: false });
}
