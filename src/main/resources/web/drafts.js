// What is written and not sent yet, by conversation, and the message that it answers. Kept for the next time, and for all tabs.

import { remembered } from './sdk/storage.js';

export class Drafts {
  #prefix;

  constructor(userId) { this.#prefix = `parley.draft.${userId}.`; }

  /** {text, replyTo}; replyTo: {messageId, name, text}, or null. */
  get(conversationId) { return read(remembered.get(this.#prefix + conversationId)); }

  set(conversationId, { text, replyTo }) {
    const key = this.#prefix + conversationId;
    if (text || replyTo) remembered.set(key, JSON.stringify({ text, replyTo }));
    else remembered.remove(key);
  }

  /** What the browser says that another tab has stored: {before, after}, or null where it is not this conversation's draft. */
  heard({ key, oldValue, newValue }, conversationId) {
    return key === this.#prefix + conversationId ? { before: read(oldValue), after: read(newValue) } : null;
  }
}

/** Earlier versions of this page have kept the text alone. */
function read(kept) {
  if (kept === null) return { text: '', replyTo: null };
  try {
    const draft = JSON.parse(kept);
    if (typeof draft?.text === 'string' && draft.replyTo !== undefined) return draft;
  } catch (plain) {
    // It is the text.
  }
  return { text: kept, replyTo: null };
}
