// The dialog by which one gets to another place of the open conversation: a day, the first unread message, either end.

import { byId, dayOf, sameDay, setText } from './dom.js';
import { note } from './toast.js';

export class JumpDialog {
  #store;
  #transcript;

  constructor(store, transcript) {
    this.#store = store;
    this.#transcript = transcript;
    byId('jump-close').onclick = () => this.close();
    byId('jump-form').onsubmit = (event) => { event.preventDefault(); this.#toDay(); };
    byId('jump-unread').onclick = () => { this.close(); transcript.jumpToSeq(transcript.firstUnread); };
    byId('jump-first').onclick = () => this.#toFirstSince(0);
    byId('jump-newest').onclick = () => { this.close(); transcript.toBottom(); };
  }

  open() {
    byId('jump-day').max = inputDay(new Date());
    byId('jump-unread').hidden = this.#transcript.firstUnread === null;
    setText(byId('jump-state'), '');
    byId('jump-dialog').showModal();
    byId('jump-day').focus();
  }

  close() { byId('jump-dialog').close(); }

  async #toDay() {
    const [year, month, day] = byId('jump-day').value.split('-').map(Number);
    const wanted = new Date(year, month - 1, day);  // as the user's clock has it
    const message = await this.#toFirstSince(wanted.getTime());
    if (message && !sameDay(new Date(message.createdAt), wanted)) note(`Nothing was written on that day. The next message is of ${dayOf(new Date(message.createdAt))}.`);
  }

  async #toFirstSince(time) {
    const conversation = this.#store.openConversation;
    setText(byId('jump-state'), 'Looking…');
    const message = await this.#store.history.firstSince(conversation, time);
    if (!byId('jump-dialog').open || this.#store.openConversation !== conversation) return undefined;
    setText(byId('jump-state'), message ? '' : message === null ? 'Nothing was written on that day or later.' : 'The messages did not come. Please try again.');
    if (!message) return undefined;
    this.close();
    await this.#transcript.jumpToSeq(message.seq, message.changeSeq);
    return message;
  }
}

/** As a date field has it. */
function inputDay(date) {
  const two = (number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
