// Signing in and registering: one form with two faces.

import { byId, setText, usable } from './dom.js';

export class Entry {
  #session;
  #entered;
  #registering = false;

  /** entered(): somebody is signed in now. */
  constructor(session, entered) {
    this.#session = session;
    this.#entered = entered;
    byId('entry-switch').onclick = () => { this.#registering = !this.#registering; this.#error(''); this.#draw(); byId('handle').focus(); };
    byId('entry-form').onsubmit = (event) => { event.preventDefault(); this.#submit(); };
  }

  /** message: why the user is here again, or empty. */
  show(message) {
    document.body.dataset.screen = 'entry';
    byId('entry').hidden = false;
    byId('chat').hidden = true;
    this.#error(message);
    this.#draw();
    byId('handle').focus();
    usable();
  }

  #draw() {
    const is = this.#registering;
    setText(byId('entry-lead'), is ? 'Choose a handle; others find you by it.' : 'Sign in to go on talking.');
    setText(byId('entry-submit'), is ? 'Create account' : 'Sign in');
    setText(byId('switch-question'), is ? 'Have an account?' : 'New here?');
    setText(byId('entry-switch'), is ? 'Sign in' : 'Create an account');
    byId('display-name-row').hidden = byId('handle-hint').hidden = byId('password-hint').hidden = !is;
    byId('password').autocomplete = is ? 'new-password' : 'current-password';
  }

  async #submit() {
    const handle = byId('handle').value.trim().replace(/^@/, '').toLowerCase();
    const password = byId('password').value;
    if (!/^[a-z0-9_.-]{2,64}$/.test(handle)) return this.#error('A handle is 2 to 64 letters, digits, dots, dashes or underscores.');
    if (password.length < 8) return this.#error('A password has at least 8 characters.');
    byId('entry-submit').disabled = true;
    try {
      if (this.#registering) await this.#session.register(handle, password, byId('display-name').value.trim());
      this.#registering = false;  // should only the sign-in fail, the account is there
      await this.#session.signIn(handle, password, byId('remember').checked);
      byId('password').value = byId('display-name').value = '';
      this.#entered();
    } catch (problem) {
      this.#error(problem.message);
      this.#draw();
    } finally {
      byId('entry-submit').disabled = false;
    }
    return undefined;
  }

  #error(message) {
    setText(byId('entry-error'), message);
    byId('entry-error').hidden = !message;
  }
}
