// The dialog in which one's own message is given another text, and the one that asks before a message is deleted for everybody.

import { byId, setText } from './dom.js';
import { flat, looksLikeMarkdown } from './markdown.js';

export class EditDialog {
  #store;
  #problem;
  #messageId = null;

  /** problem(error): tell the user. */
  constructor(store, problem) {
    this.#store = store;
    this.#problem = problem;
    byId('edit-close').onclick = byId('delete-close').onclick = () => this.close();
    byId('edit-form').onsubmit = (event) => {
      event.preventDefault();
      const text = byId('edit-text').value.trim();
      if (text) this.#do(this.#store.client.edit(this.#messageId, looksLikeMarkdown(text) ? { text, format: 'markdown' } : { text }));
    };
    byId('edit-text').onkeydown = (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      byId('edit-form').requestSubmit();
    };
    byId('delete-form').onsubmit = (event) => {
      event.preventDefault();
      this.#do(this.#store.client.delete(this.#messageId));
    };
  }

  open({ messageId, body }) {
    this.#messageId = messageId;
    byId('edit-text').value = body.text;
    byId('edit-dialog').showModal();
    byId('edit-text').focus();
  }

  confirmRemoval({ messageId, body }) {
    this.#messageId = messageId;
    setText(byId('delete-text'), flat(body));
    byId('delete-dialog').showModal();
  }

  close() {
    byId('edit-dialog').close();
    byId('delete-dialog').close();
  }

  /** Stays open where it did not come about: the text is not lost. */
  async #do(asked) {
    try {
      await asked;
      this.close();
    } catch (problem) {
      this.#problem(problem);
    }
  }
}
