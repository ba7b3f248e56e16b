// Light, dark, or as the system has it. Read before the first paint.

const KEY = 'parley.theme';

export function theme() { return localStorage.getItem(KEY) ?? 'system'; }

export function setTheme(choice) {
  localStorage.setItem(KEY, choice);
  apply();
}

function apply() {
  const choice = theme();
  if (choice === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

apply();
