// The dialog in which one's own message is given another text, or deleted for everybody.

import { byId } from './dom.js';

export class EditDialog {
  #store;
  #problem;
  #messageId = null;

  /** problem(error): tell the user. */
  constructor(store, problem) {
    this.#store = store;
    this.#problem = problem;
    byId('edit-close').onclick = () => this.close();
    byId('edit-form').onsubmit = (event) => {
      event.preventDefault();
      const text = byId('edit-text').value.trim();
      if (text) this.#do(this.#store.edit(this.#messageId, text));
    };
    byId('edit-delete').onclick = () => this.#do(this.#store.remove(this.#messageId));
  }

  open(messageId, text) {
    this.#messageId = messageId;
    byId('edit-text').value = text;
    byId('edit-dialog').showModal();
    byId('edit-text').focus();
  }

  close() { byId('edit-dialog').close(); }

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
