// What can be done to the open conversation: pin, mute, archive.

import { byId, setText } from './dom.js';
import { FOR_EVER } from './store.js';
import { note, toast } from './toast.js';

const HOURS_8 = 8 * 3_600_000;

export class ConversationMenu {
  #store;

  constructor(store) {
    this.#store = store;
    byId('show-menu').onclick = () => { this.draw(); byId('menu-dialog').showModal(); };
    this.#does('menu-pin', ({ pinnedRank }) => ({ pinnedRank: pinnedRank === null ? 0 : null }), ({ pinnedRank }) => (pinnedRank === null ? 'Unpinned' : 'Pinned on top'));
    this.#does('menu-mute', () => ({ mutedUntil: new Date(Date.now() + HOURS_8).toISOString() }), () => 'Muted for 8 hours');
    this.#does('menu-mute-always', ({ muted }) => ({ mutedUntil: muted ? null : FOR_EVER }), ({ muted }) => (muted ? 'Muted' : 'No longer muted'));
    this.#does('menu-archive', ({ archived }) => ({ archived: !archived }), ({ archived }) => (archived ? 'Archived' : 'Back in the list'));
  }

  close() { byId('menu-dialog').close(); }

  draw() {
    const { pinnedRank, muted, archived } = this.#store.openConversation;
    setText(byId('menu-pin'), pinnedRank === null ? 'Pin on top' : 'Unpin');
    byId('menu-mute').hidden = muted;
    setText(byId('menu-mute-always'), muted ? 'Unmute' : 'Mute');
    setText(byId('menu-archive'), archived ? 'Take out of the archive' : 'Archive');
  }

  #does(id, settings, done) {
    byId(id).onclick = async () => {
      this.close();
      const conversation = this.#store.openConversation;
      try {
        await this.#store.change(conversation, settings(conversation));
        note(done(conversation));
      } catch (problem) {
        toast(problem);
      }
    };
  }
}
