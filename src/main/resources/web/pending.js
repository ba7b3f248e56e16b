// Sends that no ack has confirmed yet. Promises: what the user sent survives a reload; it goes out again with the same
// clientMsgId until the server answers; in one conversation sends go out one after the other, in the order they were typed.
// One localStorage key a send, so that two tabs of one user never overwrite each other's.

const RESEND_AFTER_MS = 10_000;

export class PendingSends {
  #prefix;
  #deviceId;
  #entries = new Map();
  #inFlight = new Map();
  #transmit;
  #changed;

  /** transmit(entry): false when there is no connection; changed(conversationId): something to draw again. */
  constructor(userId, deviceId, { transmit, changed }) {
    this.#prefix = `parley.pending.${userId}.`;
    this.#deviceId = deviceId;
    this.#transmit = transmit;
    this.#changed = changed;
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(this.#prefix)) continue;
      try {
        const entry = JSON.parse(localStorage.getItem(key));
        this.#entries.set(entry.clientMsgId, this.#adopted(entry));
      } catch (unreadable) {
        localStorage.removeItem(key);
      }
    }
  }

  /** Another device's send key is not ours: sending it again could double the message, so the user decides. */
  #adopted(entry) {
    if (entry.deviceId === this.#deviceId || entry.failed) return entry;
    return { ...entry, failed: 'Not confirmed before you signed in anew; it may have arrived.' };
  }

  of(conversationId) {
    return [...this.#entries.values()].filter((entry) => entry.conversationId === conversationId).sort(byTime);
  }

  has(clientMsgId) { return this.#entries.has(clientMsgId); }

  get(clientMsgId) { return this.#entries.get(clientMsgId); }

  get conversationIds() { return new Set([...this.#entries.values()].map((entry) => entry.conversationId)); }

  add(conversationId, text) {
    const last = this.of(conversationId).at(-1)?.at ?? 0;
    const entry = { clientMsgId: newId(), conversationId, text, at: Math.max(Date.now(), last + 1), deviceId: this.#deviceId };
    this.#keep(entry);
    this.pump(conversationId);
    return entry;
  }

  /** The server has it (an ack, or the message itself came by). Says whether it was waiting here. */
  settle(clientMsgId) {
    const entry = this.#entries.get(clientMsgId);
    if (!entry) return null;
    this.#release(entry);
    this.#entries.delete(clientMsgId);
    localStorage.removeItem(this.#prefix + clientMsgId);
    this.pump(entry.conversationId);
    return entry;
  }

  refused(clientMsgId, problem) {
    const entry = this.#entries.get(clientMsgId);
    if (!entry) return null;
    this.#release(entry);
    if (problem.retryable) {
      const wait = (problem.retryAfterMs ?? 1_000) * (1 + Math.random());
      this.#inFlight.set(entry.conversationId, { clientMsgId, timer: setTimeout(() => this.#again(entry), wait) });
      return null;
    }
    this.#keep({ ...entry, failed: problem.detail || problem.title || 'The server refused it.' });
    this.pump(entry.conversationId);
    return this.#entries.get(clientMsgId);
  }

  retry(clientMsgId) {
    const entry = this.#entries.get(clientMsgId);
    if (!entry?.failed) return;
    this.#keep({ ...entry, deviceId: this.#deviceId, failed: undefined });
    this.pump(entry.conversationId);
  }

  discard(clientMsgId) {
    const entry = this.settle(clientMsgId);
    if (entry) this.#changed(entry.conversationId);
  }

  /** The connection is usable (again): whatever was in flight on the old one goes out anew. */
  resendAll() {
    this.connectionLost();
    for (const id of this.conversationIds) this.pump(id);
  }

  connectionLost() {
    for (const flight of this.#inFlight.values()) clearTimeout(flight.timer);
    this.#inFlight.clear();
  }

  pump(conversationId) {
    if (this.#inFlight.has(conversationId)) return;
    const entry = this.of(conversationId).find((candidate) => !candidate.failed);
    if (!entry || !this.#transmit(entry)) return;
    this.#inFlight.set(conversationId, { clientMsgId: entry.clientMsgId, timer: setTimeout(() => this.#again(entry), RESEND_AFTER_MS) });
  }

  #again(entry) {
    this.#release(entry);
    this.pump(entry.conversationId);
  }

  #release(entry) {
    const flight = this.#inFlight.get(entry.conversationId);
    if (flight?.clientMsgId !== entry.clientMsgId) return;
    clearTimeout(flight.timer);
    this.#inFlight.delete(entry.conversationId);
  }

  #keep(entry) {
    this.#entries.set(entry.clientMsgId, entry);
    try {
      localStorage.setItem(this.#prefix + entry.clientMsgId, JSON.stringify(entry));
    } catch (full) {
      // Storage is full or refused: the send still goes out, it only does not survive a reload.
    }
    this.#changed(entry.conversationId);
  }
}

function byTime(one, other) { return one.at - other.at; }

/** 128 random bits in the alphabet of clientMsgId. (randomUUID does not exist on a page served over plain http.) */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
