// One person in the list of a conversation's members: who they are, whether they are there, and what can be done about them. The row
// stays while they do, and so does the focus in it.

import { el, paintAvatar, paintPresence, presenceDot, setText } from './dom.js';

export class PersonRow {
  #userId;
  #avatar = el('span', { attributes: { 'aria-hidden': 'true' } });
  #presence = presenceDot();
  #name = el('strong', { attributes: { dir: 'auto' } });
  #about = el('span', { className: 'muted' });
  #message = button('Message');
  #roles = el('select');
  #remove = button('Remove');
  #role = '';
  #painted = '';

  /** does: {message(userId), give(userId, role): Promise of whether it came about, remove(userId)} */
  constructor(userId, does) {
    this.#userId = userId;
    this.#message.onclick = () => does.message(userId);
    this.#remove.onclick = () => does.remove(userId);
    this.#roles.onchange = async () => { if (!await does.give(userId, this.#roles.value)) this.#roles.value = this.#role; };
    this.element = el('li', { className: 'result', data: { userId } }, el('span', { className: 'face' }, this.#avatar, this.#presence),
      el('span', { className: 'names' }, this.#name, this.#about), this.#message, this.#roles, this.#remove);
  }

  /**
   * facts: {name, handle, role, status, self: it is the user, roles: those that the user may give them, none where they may do nothing
   * about them}
   */
  paint(facts) {
    const now = JSON.stringify(facts);
    if (now === this.#painted) return;
    this.#painted = now;
    const { name, handle, role = '', status, self, roles } = facts;
    paintAvatar(this.#avatar, name, this.#userId);
    paintPresence(this.#presence, status);
    setText(this.#name, name);
    setText(this.#about, [handle && `@${handle}`, role].filter(Boolean).join(' · '));
    this.#message.hidden = self;
    this.#message.setAttribute('aria-label', `Message ${name}`);
    this.#roles.hidden = this.#remove.hidden = roles.length === 0;
    this.#roles.setAttribute('aria-label', `Role of ${name}`);
    this.#remove.setAttribute('aria-label', `Remove ${name}`);
    this.#role = role;
    const offered = [...this.#roles.options].map(({ value }) => value);
    if (roles.join() !== offered.join()) this.#roles.replaceChildren(...roles.map((one) => el('option', { text: one, attributes: { value: one } })));
    this.#roles.value = role;
  }
}

function button(text) { return el('button', { className: 'button', attributes: { type: 'button' }, text }); }
