// Tells the user what went wrong, in the server's words, or that something was done.

import { byId, el } from './dom.js';

const TOAST_MS = 6_000;

/** A problem, or any Error. */
export function toast(problem) { show(problem.message, 'bad'); }

/** Something that went well. */
export function note(text) { show(text, 'good'); }

function show(text, kind) {
  [...byId('toasts').children].find((one) => one.firstChild.textContent === text)?.remove();
  const close = el('button', { className: 'remove', attributes: { type: 'button', 'aria-label': 'Dismiss' }, text: '✕' });
  const message = el('div', { className: `toast ${kind}` }, el('span', { text, attributes: { dir: 'auto' } }), close);
  close.onclick = () => message.remove();
  // What lies behind an open dialog is neither seen well nor read out.
  ([...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body).append(byId('toasts'));
  byId('toasts').append(message);
  setTimeout(() => message.remove(), TOAST_MS);
}
