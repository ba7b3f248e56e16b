// Light, dark, or as the system has it. Read before the first paint.

import { remembered } from './sdk/storage.js';

const KEY = 'parley.theme';

export function theme() { return remembered.get(KEY) ?? 'system'; }

export function setTheme(choice) {
  remembered.set(KEY, choice);
  apply();
}

function apply() {
  const choice = theme();
  if (choice === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

apply();
