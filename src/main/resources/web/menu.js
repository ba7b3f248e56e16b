// What can be done to the open conversation: jump to a day, pin, mute, archive, keep one's receipts private.

import { byId, setText } from './dom.js';
import { FOR_EVER } from './store.js';
import { note, toast } from './toast.js';

const HOURS_8 = 8 * 3_600_000;
const RECEIPTS = { usual: null, private: true, shown: false };

export class ConversationMenu {
  #store;

  /** jump(): the user wants another place of the conversation. */
  constructor(store, jump) {
    this.#store = store;
    byId('menu-jump').onclick = () => { this.close(); jump(); };
    byId('show-menu').onclick = () => { this.draw(); byId('menu-dialog').showModal(); };
    this.#does('menu-pin', ({ pinnedRank }) => ({ pinnedRank: pinnedRank === null ? 0 : null }), ({ pinnedRank }) => (pinnedRank === null ? 'Unpinned' : 'Pinned on top'));
    this.#does('menu-mute', () => ({ mutedUntil: new Date(Date.now() + HOURS_8).toISOString() }), () => 'Muted for 8 hours');
    this.#does('menu-mute-always', ({ muted }) => ({ mutedUntil: muted ? null : FOR_EVER }), ({ muted }) => (muted ? 'Muted' : 'No longer muted'));
    this.#does('menu-archive', ({ archived }) => ({ archived: !archived }), ({ archived }) => (archived ? 'Archived' : 'Back in the list'));
    byId('menu-receipts').onchange = ({ target }) => this.#change({ privateReceipts: RECEIPTS[target.value] }, () => 'Saved');
  }

  close() { byId('menu-dialog').close(); }

  draw() {
    const { pinnedRank, muted, archived, privateReceipts } = this.#store.openConversation;
    byId('menu-receipts').value = privateReceipts === null ? 'usual' : privateReceipts ? 'private' : 'shown';
    setText(byId('menu-pin'), pinnedRank === null ? 'Pin on top' : 'Unpin');
    byId('menu-mute').hidden = muted;
    setText(byId('menu-mute-always'), muted ? 'Unmute' : 'Mute');
    setText(byId('menu-archive'), archived ? 'Take out of the archive' : 'Archive');
  }

  #does(id, settings, done) {
    byId(id).onclick = () => {
      this.close();
      this.#change(settings(this.#store.openConversation), done);
    };
  }

  async #change(settings, done) {
    const conversation = this.#store.openConversation;
    try {
      await this.#store.change(conversation, settings);
      note(done(conversation));
    } catch (problem) {
      toast(problem);
      if (this.#store.openConversation === conversation) this.draw();
    }
  }
}
