// The REST calls of PROTOCOL as methods. Each rejects with a Problem in the server's words.

const id = encodeURIComponent;

export class Rest {
  #session;
  #messagesRead;

  /** messagesRead(conversationId, messages): hears of each page of messages before its caller. */
  constructor(session, messagesRead = () => {}) {
    this.#session = session;
    this.#messagesRead = messagesRead;
  }

  inbox({ limit = 50, cursor } = {}) { return this.#session.get(`/v1/conversations?${query({ limit, cursor })}`); }
  conversation(conversationId) { return this.#session.get(`/v1/conversations/${id(conversationId)}`); }
  createConversation(facts) { return this.#session.post('/v1/conversations', facts); }
  updateConversation(conversationId, facts) { return this.#session.patch(`/v1/conversations/${id(conversationId)}`, facts); }
  /** {mutedUntil, archived, pinnedRank, privateReceipts}: what is left out stays. */
  settings(conversationId, settings) { return this.#session.patch(`/v1/conversations/${id(conversationId)}/settings`, settings); }
  channels(words, limit = 20, cursor) {
    return this.#session.get(`/v1/conversations?${query({ type: 'channel', limit, query: words.trim(), cursor })}`);
  }

  /** before, after and around take a changeSeq; newest first unless after. */
  async messages(conversationId, { before, after, around, limit = 50 } = {}) {
    const page = await this.#session.get(`/v1/conversations/${id(conversationId)}/messages?${query({ before, after, around, limit })}`);
    this.#messagesRead(conversationId, page.items);
    return page;
  }

  message(messageId) { return this.#session.get(`/v1/messages/${id(messageId)}`); }

  members(conversationId, { limit = 100, cursor } = {}) {
    return this.#session.get(`/v1/conversations/${id(conversationId)}/members?${query({ limit, cursor })}`);
  }

  /** Brings somebody in or gives another role; `me` joins an open channel. */
  putMember(conversationId, userId, role) {
    return this.#session.put(`/v1/conversations/${id(conversationId)}/members/${id(userId)}`, role ? { role } : {});
  }

  /** Removes somebody; `me` leaves. */
  removeMember(conversationId, userId) { return this.#session.delete(`/v1/conversations/${id(conversationId)}/members/${id(userId)}`); }

  receipts(conversationId, seq) { return this.#session.get(`/v1/conversations/${id(conversationId)}/receipts?${query({ seq })}`); }
  users(words) { return this.#session.get(`/v1/users?${query({ query: words.trim().toLowerCase() })}`); }
  user(userId) { return this.#session.get(`/v1/users/${id(userId)}`); }
  /** {presenceVisibleTo: 'everyone' | 'shared' | 'nobody'}: who sees whether one is there. */
  changeProfile(facts) { return this.#session.patch('/v1/users/me', facts); }
  /** What holds in all conversations that do not say otherwise: {privateReceipts}. */
  ownSettings() { return this.#session.get('/v1/users/me/settings'); }
  changeOwnSettings(settings) { return this.#session.patch('/v1/users/me/settings', settings); }
  rename(displayName) { return this.#session.patch('/v1/users/me', { displayName }); }
  /** All other devices of one's own are signed out. */
  changePassword(currentPassword, newPassword) { return this.#session.put('/v1/users/me/password', { currentPassword, newPassword }); }
  devices() { return this.#session.get('/v1/devices'); }
  removeDevice(deviceId) { return this.#session.delete(`/v1/devices/${id(deviceId)}`); }
}

function query(fields) {
  return new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}
