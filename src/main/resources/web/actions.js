// What can be done to a message: one toolbar, which goes to the message under the pointer or the focus. The messages are one stop
// of the Tab key; the arrow keys go from one to the next, and Tab from there into the toolbar.

import { el } from './dom.js';
import { QUICK, pickEmoji } from './emoji.js';

export class MessageActions {
  #list;
  #entryOf;
  #hooks;
  #bar = el('div', { className: 'actions', attributes: { role: 'toolbar', 'aria-label': 'Message actions' } });
  #current = null;
  #painted = '';
  #listeners = new AbortController();

  /** entryOf(element): the message of a row; hooks: {me, react(entry, emoji, on), reply(entry), edit(entry), remove(entry)} */
  constructor(list, entryOf, hooks) {
    this.#list = list;
    this.#entryOf = entryOf;
    this.#hooks = hooks;
    const { signal } = this.#listeners;
    list.addEventListener('pointerover', (event) => this.#to(event.target.closest('.message')), { signal });
    list.addEventListener('focusin', (event) => this.#to(event.target.closest('.message')), { signal });
    list.addEventListener('keydown', (event) => this.#key(event), { signal });
  }

  close() { this.#listeners.abort(); }

  /** The list was drawn: its stop of the Tab key is the last message, or the current one. */
  drawn() {
    if (this.#current && !this.#current.isConnected) this.#current = null;
    const stop = this.#current ?? [...this.#list.children].findLast((row) => row.classList.contains('message'));
    for (const row of this.#list.querySelectorAll('.message[tabindex="0"]')) if (row !== stop) reach(row, -1);
    if (stop) reach(stop, 0);
    if (this.#current) this.#paint();
  }

  #to(row) {
    if (!row || row === this.#current) return;
    // The pointer does not take the toolbar away from who uses it by keyboard.
    if (this.#bar.contains(document.activeElement) && !row.contains(document.activeElement)) return;
    this.#current = row;
    this.#paint();
    row.querySelector('.stack').append(this.#bar);
    this.drawn();
  }

  #paint() {
    const entry = this.#entryOf(this.#current);
    const painted = entry ? `${entry.key} ${entry.mayAnswer} ${entry.mayRemove} ${entry.own}` : '';
    if (painted === this.#painted) return;
    this.#painted = painted;
    const buttons = [];
    if (entry?.mayAnswer) {
      for (const emoji of QUICK.slice(0, 3)) buttons.push(this.#button(emoji, `React with ${emoji}`, 'react', () => this.#react(emoji)));
      buttons.push(this.#button('☺', 'Other reaction', 'pick', () => pickEmoji((emoji) => this.#react(emoji))));
      buttons.push(this.#button('↩', 'Reply', 'reply', () => this.#hooks.reply(this.#entry)));
      if (entry.own) buttons.push(this.#button('✎', 'Edit', 'edit', () => this.#hooks.edit(this.#entry)));
    }
    if (entry?.mayRemove) buttons.push(this.#button('🗑', 'Delete for everybody', 'delete', () => this.#hooks.remove(this.#entry)));
    this.#bar.hidden = buttons.length === 0;
    this.#bar.replaceChildren(...buttons);
  }

  get #entry() { return this.#entryOf(this.#current); }

  #react(emoji) {
    const entry = this.#entry;
    if (entry) this.#hooks.react(entry, emoji, !(entry.reactions[emoji] ?? []).includes(this.#hooks.me));
  }

  #button(text, label, action, clicked) {
    const button = el('button', { attributes: { type: 'button', 'aria-label': label, title: label, 'data-action': action }, text });
    button.onclick = clicked;
    return button;
  }

  #key(event) {
    const row = event.target.closest('.message');
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const inBar = this.#bar.contains(event.target);
    if (inBar && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      const next = event.key === 'ArrowRight' ? event.target.nextElementSibling : event.target.previousElementSibling;
      next?.focus();
    } else if (inBar && event.key === 'Escape') {
      row.focus();
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      this.#neighbour(row, event.key === 'ArrowUp' ? 'previousElementSibling' : 'nextElementSibling')?.focus();
    } else if (event.key === 'Enter' && event.target === row) {
      this.#bar.querySelector('button')?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #neighbour(row, direction) {
    let next = row[direction];
    while (next && !next.classList.contains('message')) next = next[direction];
    return next;
  }
}

/** The row and what is in it are stops of the Tab key, or not. */
function reach(row, tabIndex) {
  row.tabIndex = tabIndex;
  for (const button of row.querySelectorAll('.tick, .quote, .reaction')) button.tabIndex = tabIndex;
}
