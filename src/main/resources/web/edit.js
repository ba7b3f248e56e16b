// The dialog in which one's own message is given another text, and the one that asks before a message is deleted for everybody.

import { byId, setText } from './dom.js';
import { composing, enterSends } from './keys.js';
import { bodyOf, flat } from './markdown.js';

export class EditDialog {
  #store;
  #problem;
  #messageId = null;
  #openings = 0;

  /** problem(error): tell the user. */
  constructor(store, problem) {
    this.#store = store;
    this.#problem = problem;
    byId('edit-close').onclick = byId('delete-close').onclick = () => this.close();
    byId('edit-form').onsubmit = (event) => {
      event.preventDefault();
      const text = byId('edit-text').value.trim();
      if (text) this.#do((id) => this.#store.client.edit(id, bodyOf(text)));
    };
    byId('edit-text').onkeydown = (event) => {
      if (event.key !== 'Enter' || event.shiftKey || composing(event) || !enterSends()) return;
      event.preventDefault();
      byId('edit-form').requestSubmit();
    };
    byId('delete-form').onsubmit = (event) => {
      event.preventDefault();
      this.#do((id) => this.#store.client.delete(id));
    };
  }

  open({ messageId, body }) {
    this.#isAbout(messageId);
    byId('edit-text').value = body.text;
    byId('edit-dialog').showModal();
    byId('edit-text').focus();
  }

  confirmRemoval({ messageId, body }) {
    this.#isAbout(messageId);
    setText(byId('delete-text'), flat(body));
    byId('delete-dialog').showModal();
  }

  close() {
    byId('edit-dialog').close();
    byId('delete-dialog').close();
  }

  #isAbout(messageId) {
    this.#openings++;
    this.#messageId = messageId;
  }

  /** Stays open where it did not come about: the text is not lost. So does what has been opened meanwhile. */
  async #do(work) {
    const opening = this.#openings;
    try {
      await work(this.#messageId);
      if (opening === this.#openings) this.close();
    } catch (problem) {
      this.#problem(problem);
    }
  }
}
