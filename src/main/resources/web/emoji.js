// Emoji to choose from: for reactions and for the field. One dialog for both.

import { byId, el } from './dom.js';

export const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏'];
const ALL = [
  ...QUICK, '😀', '😅', '😉', '😍', '😘', '😎', '🤔', '🙄', '😴', '😭', '😡', '🤯', '🥳', '🤝', '👏', '🙌', '💪', '👀', '👋', '👌',
  '✌️', '👎', '🔥', '⭐', '✨', '🎉', '🎂', '💯', '💡', '✅', '❌', '❓', '❗', '⏰', '📌', '📎', '📅', '☕', '🍕', '🍰', '🌈', '☀️', '🌧️',
  '🚀', '🐛', '🧪', '🔧', '🐶', '🐱', '💙', '💚', '💛', '💔',
];

let chosen = null;

/** Opens the dialog; `take(emoji)` is called with what the user picks. */
export function pickEmoji(take) {
  chosen = take;
  const grid = byId('emoji-grid');
  if (grid.childElementCount === 0) grid.append(...ALL.map(button));
  byId('emoji-dialog').showModal();
}

function button(emoji) {
  const element = el('button', { className: 'emoji', attributes: { type: 'button', 'aria-label': emoji }, text: emoji });
  element.onclick = () => {
    byId('emoji-dialog').close();
    chosen?.(emoji);
  };
  return element;
}
