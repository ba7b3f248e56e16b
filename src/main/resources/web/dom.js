// Small means of the view. Text reaches the page only as text nodes, never as markup.

export const byId = (id) => document.getElementById(id);

/** An element with a class, properties in `data-*` and children (nodes or strings). */
export function el(tag, { className, data = {}, attributes = {}, text } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

/** Sets text only where it differs, so that screen readers are not told the same thing twice. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Whether the user has this page before their eyes. */
export const looking = () => document.visibilityState === 'visible' && document.hasFocus();

/** Makes the parent's children exactly these, moving as few nodes as possible (focus and scrolling stay). */
export function arrange(parent, wanted) {
  const { activeElement } = document;
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const child of wanted) {
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
  // What is moved loses it.
  if (activeElement !== document.activeElement && parent.contains(activeElement)) activeElement.focus({ preventScroll: true });
}

export function countOf({ memberCount }) { return memberCount === 1 ? '1 member' : `${memberCount} members`; }

/** Initials on a colour that belongs to the name. */
export function paintAvatar(element, name, key) {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)].map((word) => [...word][0]) : [...name].slice(0, 1);
  setText(element, letters.join('').toUpperCase());
  let hash = 0;
  for (const character of key) hash = (hash * 31 + character.codePointAt(0)) % 997;
  element.className = `avatar hue-${hash % 8}`;
}

/** What `paintPresence` paints. */
export const presenceDot = () => el('span', { className: 'presence', attributes: { role: 'img' } });

/** A dot for who is there, a hollow one for who is away; none for others, and where nothing is known. */
export function paintPresence(dot, status) {
  dot.hidden = status !== 'online' && status !== 'away';
  if (dot.hidden) return;
  dot.classList.toggle('away', status === 'away');
  dot.setAttribute('aria-label', status);
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dated = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
const short = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const shortOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

export const timeOf = (date) => clock.format(date);

export function dayOf(date) {
  const today = new Date();
  if (sameDay(date, today)) return 'Today';
  if (sameDay(date, new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1))) return 'Yesterday';
  return (sameYear(date, today) ? weekday : dated).format(date);
}

export function briefly(date) {
  const now = new Date();
  return (sameDay(date, now) ? clock : sameYear(date, now) ? short : shortOfYear).format(date);
}

export function sameDay(one, other) { return one.toDateString() === other.toDateString(); }

function sameYear(one, other) { return one.getFullYear() === other.getFullYear(); }

/** Runs `draw` once before the next paint, however often it is asked for (a hidden tab has no paint: then soon). */
export function coalesced(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    const run = () => { asked = false; draw(); };
    if (document.visibilityState === 'visible') requestAnimationFrame(run);
    else setTimeout(run, 100);
  };
}

/** Notes for the browser's timeline when the page could first be used. */
export function usable() {
  if (performance.getEntriesByName('parley.usable').length === 0) performance.mark('parley.usable');
}
