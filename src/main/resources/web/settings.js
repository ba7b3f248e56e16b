// The settings dialog: one's name, the theme, what others may know, notifications, the devices one is signed in on.

import { briefly, byId, el, setText } from './dom.js';
import { composing } from './keys.js';
import { setTheme, theme } from './theme.js';
import { note, toast } from './toast.js';

export class SettingsDialog {
  #store;

  /** signOut(): the user wants to leave this device. */
  constructor(store, session, signOut) {
    this.#store = store;
    byId('show-settings').onclick = () => {
      byId('settings-name').value = session.displayName;
      setText(byId('settings-handle'), `Others find you as @${session.handle}`);
      byId('settings-form').elements.theme.value = theme();
      this.#drawNotifications();
      byId('settings-dialog').showModal();
      this.#loadPrivacy();
      this.#loadDevices();
    };
    byId('settings-close').onclick = () => this.close();
    byId('sign-out').onclick = signOut;
    byId('settings-form').onchange = ({ target }) => {
      if (target.name === 'theme') setTheme(target.value);
      else if (target.name === 'presence') this.#savePrivacy(() => store.showPresenceTo(target.value));
      else if (target.name === 'private-receipts') this.#savePrivacy(() => store.keepReceiptsPrivate(target.checked));
    };
    byId('settings-form').onsubmit = (event) => { event.preventDefault(); this.#rename(); };
    byId('settings-dialog').onclose = () => this.#clearPassword();
    byId('password-save').onclick = () => this.#changePassword();
    // Enter would else be taken for that of the form, which saves the name.
    byId('password-part').onkeydown = (event) => {
      if (event.key !== 'Enter' || event.target.tagName !== 'INPUT' || composing(event)) return;
      event.preventDefault();
      this.#changePassword();
    };
    byId('notify').onclick = async () => { await Notification.requestPermission(); this.#drawNotifications(); };
  }

  close() {
    byId('settings-dialog').close();
    byId('devices').replaceChildren();  // the next who signs in here may be somebody else
  }

  /** Until it is known what holds, nothing can be chosen. */
  async #loadPrivacy() {
    const part = byId('settings-privacy');
    part.disabled = true;
    try {
      const { presenceVisibleTo, privateReceipts } = await this.#store.privacy();
      const { elements } = byId('settings-form');
      elements.presence.value = presenceVisibleTo;
      elements['private-receipts'].checked = privateReceipts;
      part.disabled = false;
    } catch (problem) {
      toast(problem);
    }
  }

  async #savePrivacy(save) {
    try {
      await save();
      note('Saved');
    } catch (problem) {
      toast(problem);
      this.#loadPrivacy();  // shows what holds
    }
  }

  async #rename() {
    const name = byId('settings-name').value.trim();
    if (!name) return;
    try {
      await this.#store.rename(name);
      note('Your name is saved');
    } catch (problem) {
      toast(problem);
    }
  }

  async #changePassword() {
    const current = byId('password-current');
    const wished = byId('password-new');
    const missing = [current, wished].find((field) => !field.value || field.value.length < field.minLength);
    if (missing) {
      setText(byId('password-state'), missing === current ? 'Your current password is missing.' : 'The new password needs at least 8 characters.');
      missing.focus();
      return;
    }
    byId('password-save').disabled = true;
    try {
      await this.#store.client.rest.changePassword(current.value, wished.value);
      this.#clearPassword();
      note('Your password is changed');
      this.#loadDevices();
    } catch (problem) {
      setText(byId('password-state'), problem.message);
    } finally {
      byId('password-save').disabled = false;
    }
  }

  #clearPassword() {
    byId('password-part').open = false;
    byId('password-current').value = '';
    byId('password-new').value = '';
    setText(byId('password-state'), 'At least 8 characters. Your other devices are signed out.');
  }

  #drawNotifications() {
    const permission = globalThis.Notification?.permission ?? 'unsupported';
    byId('notify').hidden = permission !== 'default';
    setText(byId('notify-state'), {
      default: 'Parley can tell you of new messages while it is open in the background.',
      granted: 'You are told of new messages while Parley is open in the background.',
      denied: 'Your browser blocks notifications of this page.',
      unsupported: 'This browser has no notifications.',
    }[permission]);
  }

  async #loadDevices() {
    const list = byId('devices');
    try {
      const { items } = await this.#store.client.rest.devices();
      list.replaceChildren(...items.sort((one, other) => other.current - one.current).map((device) => this.#device(device)));
    } catch (problem) {
      list.replaceChildren(el('li', { className: 'hint', text: problem.message }));
    }
  }

  #device({ deviceId, name, lastSeenAt, current }) {
    const row = el('li', { className: 'result', data: { deviceId } }, el('span', { className: 'names' },
      el('strong', { text: name, attributes: { dir: 'auto' } }),
      el('span', { className: 'muted', text: current ? 'this device' : `last seen ${briefly(new Date(lastSeenAt))}` })));
    if (current) return row;
    const out = el('button', { className: 'button', attributes: { type: 'button', 'aria-label': `Sign out ${name}` }, text: 'Sign out there' });
    out.onclick = async () => {
      try {
        await this.#store.client.rest.removeDevice(deviceId);
        row.remove();
      } catch (problem) {
        toast(problem);
      }
    };
    row.append(out);
    return row;
  }
}
