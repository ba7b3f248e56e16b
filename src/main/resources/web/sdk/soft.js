// Typing and presence: soft state with an end time. A server that does not know them is not asked again before the next connection.

const TYPING_EVERY_MS = 3_000;
const TYPING_LASTS_MS = 6_000;
const MOST_IDS = 32;

export class SoftState {
  #send;
  #events;
  #newId;
  #ids = new Set();
  #supported = true;
  #watched = [];
  #presence = new Map();
  #typing = new Map();
  #saidAt = new Map();

  /** send(type, data, id): false when there is no connection. */
  constructor(send, events, newId) {
    this.#send = send;
    this.#events = events;
    this.#newId = newId;
  }

  connected() {
    this.#supported = true;
    this.#ask();
  }

  connectionLost() {
    this.#ids.clear();
    this.#saidAt.clear();
    this.#presence.clear();
    for (const [conversationId, people] of this.#typing) {
      for (const timer of people.values()) clearTimeout(timer);
      this.#typing.delete(conversationId);
      this.#events.emit('typing', { conversationId, userIds: [] });
    }
    if (this.#watched.length > 0) this.#events.emit('presence', {});
  }

  watch(userIds) {
    const wanted = [...new Set(userIds)].sort();
    if (wanted.join() === this.#watched.join()) return;
    this.#watched = wanted;
    this.#ask();
  }

  #ask() {
    if (this.#watched.length > 0) this.#say('presence.watch', { userIds: this.#watched });
  }

  presenceOf(userId) { return this.#presence.get(userId); }

  typingIn(conversationId) { return [...(this.#typing.get(conversationId)?.keys() ?? [])]; }

  /** "Typing" goes out at most every few seconds, "stopped" only after it. */
  typing(conversationId, on) {
    const last = this.#saidAt.get(conversationId);
    if (on ? last !== undefined && Date.now() - last < TYPING_EVERY_MS : last === undefined) return;
    if (on) this.#saidAt.set(conversationId, Date.now());
    else this.#saidAt.delete(conversationId);
    this.#say('typing', { conversationId, on });
  }

  #say(type, data) {
    if (!this.#supported) return;
    const id = this.#newId();
    if (!this.#send(type, data, id)) return;
    this.#ids.add(id);
    if (this.#ids.size > MOST_IDS) this.#ids.delete(this.#ids.values().next().value);
  }

  /** An error frame; says whether it answered one of ours. */
  refused(id) {
    if (!this.#ids.delete(id)) return false;
    this.#supported = false;
    return true;
  }

  /** A frame about somebody who types. It ends by itself where no end comes. */
  typed({ conversationId, userId, on, expiresInMs = TYPING_LASTS_MS }) {
    const people = this.#typing.get(conversationId) ?? new Map();
    clearTimeout(people.get(userId));
    people.delete(userId);
    if (on) people.set(userId, setTimeout(() => this.typed({ conversationId, userId, on: false }), expiresInMs));
    this.#typing.set(conversationId, people);
    this.#events.emit('typing', { conversationId, userIds: [...people.keys()] });
  }

  seen({ userId, status, lastSeenAt }) {
    this.#presence.set(userId, { status, lastSeenAt });
    this.#events.emit('presence', { userId, status, lastSeenAt });
  }
}
