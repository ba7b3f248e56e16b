// Typing and presence: soft state with an end time. What the server does not know or grant is not asked for again before the next
// connection, and nobody is told of a refusal.

const TYPING_EVERY_MS = 3_000;
const TYPING_LASTS_MS = 6_000;
const MOST_ASKED = 32;
const MOST_WATCHED = 500;
const MOST_TABS = 20;
const OWN_STATUSES = ['online', 'away'];

export class SoftState {
  #send;
  #events;
  #newId;
  #asked = new Map();
  #refused = new Set();
  #watched = [];
  #watchedBy = new Map();
  #presence = new Map();
  #typing = new Map();
  #saidAt = new Map();
  #status = 'online';

  /** send(type, data, id): false when there is no connection. */
  constructor(send, events, newId) {
    this.#send = send;
    this.#events = events;
    this.#newId = newId;
  }

  connected() {
    this.#refused.clear();
    if (this.#status === 'away') this.#sayStatus();  // a new connection begins as online
    this.#ask();
  }

  connectionLost() {
    this.#asked.clear();
    this.#saidAt.clear();
    this.#presence.clear();
    for (const [conversationId, people] of this.#typing) {
      for (const timer of people.values()) clearTimeout(timer);
      this.#typing.delete(conversationId);
      this.#events.emit('typing', { conversationId, userIds: [] });
    }
    if (this.#watched.length > 0) this.#events.emit('presence', {});
  }

  /**
   * What one tab wants to see; the server is asked for what any of them does, which is the answer. Tabs go without a word: those that
   * said something last count.
   */
  watch(tab, userIds) {
    const known = this.#watchedBy.delete(tab);
    this.#watchedBy.set(tab, userIds);
    if (this.#watchedBy.size > MOST_TABS) this.#watchedBy.delete(this.#watchedBy.keys().next().value);
    const wanted = [...new Set([...this.#watchedBy.values()].reverse().flat())].slice(0, MOST_WATCHED).sort();
    if (known && wanted.join() === this.#watched.join()) return wanted;  // a new tab has yet to be told how they are now
    this.#watched = wanted;
    this.only(wanted);
    this.#ask();
    return wanted;
  }

  /** Nobody else is watched: what was heard of others holds no more. */
  only(userIds) {
    const watched = new Set(userIds);
    for (const userId of this.#presence.keys()) if (!watched.has(userId)) this.#presence.delete(userId);
  }

  #ask() {
    if (this.#watched.length > 0) this.#say('presence.watch', { userIds: this.#watched });
  }

  /** How this device is from now on, `online` or `away`. Said again after each connect. */
  setPresence(status) {
    if (!OWN_STATUSES.includes(status)) throw new TypeError(`A device is ${OWN_STATUSES.join(' or ')}, not ${status}.`);
    if (status === this.#status) return;
    this.#status = status;
    this.#sayStatus();
  }

  #sayStatus() { this.#say('presence.set', { status: this.#status }); }

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
    if (this.#refused.has(type)) return;
    const id = this.#newId();
    if (!this.#send(type, data, id)) return;
    this.#asked.set(id, type);
    if (this.#asked.size > MOST_ASKED) this.#asked.delete(this.#asked.keys().next().value);
  }

  /** An error frame; says whether it answered one of ours. */
  refused(id, { code }) {
    const type = this.#asked.get(id);
    if (!type) return false;
    this.#asked.delete(id);
    if (code === 'bad_request' || code === 'not_found') this.#refused.add(type);
    return true;
  }

  /** A frame about somebody who types. It ends by itself where no end comes. */
  typed({ conversationId, userId, on, expiresInMs = TYPING_LASTS_MS }) {
    const people = this.#typing.get(conversationId) ?? new Map();
    if (!on && !people.has(userId)) return;
    clearTimeout(people.get(userId));
    people.delete(userId);
    if (on) people.set(userId, setTimeout(() => this.typed({ conversationId, userId, on: false }), expiresInMs));
    if (people.size > 0) this.#typing.set(conversationId, people);
    else this.#typing.delete(conversationId);
    this.#events.emit('typing', { conversationId, userIds: [...people.keys()] });
  }

  seen({ userId, status, lastSeenAt }) {
    this.#presence.set(userId, { status, lastSeenAt });
    this.#events.emit('presence', { userId, status, lastSeenAt });
  }
}
