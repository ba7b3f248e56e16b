// Tells the user what went wrong, in the server's words, or that something was done.

import { byId, el } from './dom.js';

const TOAST_MS = 6_000;

/** A region that has just come to its place is not listened to yet: what comes into it a moment later is read out. */
const HEARD_MS = 50;

/** A problem, or any Error. */
export function toast(problem) { show(problem.message, 'bad'); }

/** Something that went well. */
export function note(text) { show(text, 'good'); }

function show(text, kind) {
  const close = el('button', { className: 'remove', attributes: { type: 'button', 'aria-label': 'Dismiss' }, text: '✕' });
  const message = el('div', { className: `toast ${kind}` }, el('span', { text, attributes: { dir: 'auto' } }), close);
  close.onclick = () => message.remove();
  // What lies behind an open dialog is neither seen well nor read out.
  const place = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  if (byId('toasts').parentElement !== place) place.append(byId('toasts'));
  setTimeout(() => {
    [...byId('toasts').children].find((one) => one.firstChild.textContent === text)?.remove();
    byId('toasts').append(message);
    setTimeout(() => message.remove(), TOAST_MS);
  }, HEARD_MS);
}
