// One message of the transcript: its element, and what is painted into it. Nothing is touched that has not changed.

import { el, paintAvatar, setText, timeOf } from './dom.js';
import { render } from './markdown.js';

const TICKS = {
  pending: ['◷', 'Sending'],
  sent: ['✓', 'Sent'],
  delivered: ['✓✓', 'Delivered'],
  read: ['✓✓', 'Read'],
  failed: ['!', 'Not sent'],
};
const BIG_EMOJI = /^(?:\p{Extended_Pictographic}(?:\u200d\p{Extended_Pictographic}|[\ufe0f\u{1f3fb}-\u{1f3ff}])*\s*){1,3}$/u;

export class Row {
  #hooks;
  #painted = new Map();
  #parts = {};

  /**
   * hooks: {react(entry, emoji, on), retry(key), discard(key), who(entry), jump(messageId), mention(handle), me}
   */
  constructor(key, own, hooks) {
    this.#hooks = hooks;
    const part = (name, tag, className, attributes = {}) => {
      this.#parts[name] = el(tag, { className, attributes });
      return this.#parts[name];
    };
    const meta = el('span', { className: 'meta' }, part('time', 'time', ''));
    if (own) meta.append(part('tick', 'button', 'tick', { type: 'button', tabindex: '-1' }));
    const bubble = el('div', { className: 'bubble' },
      ...(own ? [] : [part('sender', 'span', 'sender', { dir: 'auto' })]),
      part('quote', 'button', 'quote', { type: 'button', tabindex: '-1' }),
      part('body', 'div', 'body', { dir: 'auto' }), meta, ...(own ? [part('trouble', 'p', 'trouble')] : []));
    this.element = el('li', { className: 'message', data: { key }, attributes: { tabindex: '-1' } },
      ...(own ? [] : [part('avatar', 'span', 'avatar', { 'aria-hidden': 'true' })]),
      el('div', { className: 'stack' }, bubble, part('reactions', 'div', 'reactions')));
    if (own) this.#parts.tick.onclick = () => hooks.who(this.entry);
    this.#parts.quote.onclick = () => hooks.jump(this.entry.replyTo);
  }

  /** joins: it follows one of the same sender; named: the sender's name is shown. */
  paint(entry, { joins, named, dm }) {
    this.entry = entry;
    this.#ifNew('all', [entry, joins, named, dm], () => this.#paint(entry, { joins, named, dm }));
  }

  /** What is painted anew loses selection and focus: so only what is otherwise by now. */
  #ifNew(part, facts, paint) {
    const now = JSON.stringify(facts);
    if (now === this.#painted.get(part)) return;
    this.#painted.set(part, now);
    paint();
  }

  #paint(entry, { joins, named, dm }) {
    this.element.className = ['message', entry.own ? 'own' : 'other', joins ? 'joins' : '', dm ? 'dm' : '', entry.deleted ? 'deleted' : '',
      entry.state === 'failed' ? 'failed' : '', entry.forMe ? 'for-me' : ''].filter(Boolean).join(' ');
    Object.assign(this.element.dataset, { state: entry.state, seq: entry.seq, messageId: entry.messageId });
    if (!entry.own) {
      paintAvatar(this.#parts.avatar, entry.name, entry.sender);
      setText(this.#parts.sender, entry.name);
      if (entry.handle) this.#parts.sender.title = `@${entry.handle}`;
      this.#parts.sender.classList.toggle('hidden-label', !named);  // a dm's sender is still read out
    }
    this.#ifNew('body', [entry.body, entry.deleted, entry.handlesKnown], () => this.#paintBody(entry));
    this.#paintTime(entry);
    if (entry.own) this.#paintTick(entry);
    this.#ifNew('quote', entry.quote, () => this.#paintQuote(entry));
    this.#ifNew('reactions', [entry.reactions, entry.reactors, entry.mayAnswer], () => this.#paintReactions(entry));
  }

  #paintBody(entry) {
    const { body } = this.#parts;
    body.classList.toggle('markdown', entry.body.format === 'markdown' && !entry.deleted);
    body.classList.toggle('big', BIG_EMOJI.test(entry.body.text));
    body.replaceChildren(entry.deleted ? entry.body.text : render(entry.body, this.#hooks.mention));
  }

  #paintTime(entry) {
    const { time } = this.#parts;
    const at = new Date(entry.at);
    setText(time, (entry.edited ? 'edited ' : '') + timeOf(at));
    time.dateTime = at.toISOString();
    time.title = at.toLocaleString();
  }

  #paintTick(entry) {
    const { tick, trouble } = this.#parts;
    const [sign, label] = TICKS[entry.state];
    tick.dataset.state = entry.state;
    setText(tick, sign);
    tick.setAttribute('aria-label', label);
    tick.title = label;
    tick.disabled = entry.seq === '';
    const waits = entry.state === 'pending' && Boolean(entry.until);
    trouble.hidden = entry.state !== 'failed' && !waits;
    trouble.classList.toggle('waits', waits);
    this.#ifNew('trouble', [entry.state === 'failed', entry.why, entry.until], () => this.#paintTrouble(entry, waits));
  }

  #paintTrouble(entry, waits) {
    const { trouble } = this.#parts;
    if (trouble.hidden) {
      if (trouble.contains(document.activeElement)) this.element.focus({ preventScroll: true });
      trouble.replaceChildren();
      return;
    }
    const words = waits ? `Goes out at ${timeOf(new Date(entry.until))}: ${entry.why}. ` : `Not sent: ${entry.why} `;
    const discard = this.#button('link', 'Discard', { 'data-action': 'discard' }, () => this.#hooks.discard(entry.key));
    const retry = waits ? [] : [this.#button('link', 'Retry', { 'data-action': 'retry' }, () => this.#hooks.retry(entry.key)), ' '];
    const focused = trouble.contains(document.activeElement);
    trouble.replaceChildren(el('span', { text: words }), ...retry, discard);
    if (focused) discard.focus({ preventScroll: true });
  }

  #paintQuote({ quote }) {
    const element = this.#parts.quote;
    element.hidden = !quote;
    if (quote) element.replaceChildren(el('strong', { text: quote.name, attributes: { dir: 'auto' } }), el('span', { text: quote.text, attributes: { dir: 'auto' } }));
  }

  /** Who set which, each a button that sets or takes back one's own. */
  #paintReactions(entry) {
    const { me, react } = this.#hooks;
    const { reactions } = this.#parts;
    const entries = Object.entries(entry.reactions);
    const focused = reactions.contains(document.activeElement) ? document.activeElement.dataset.emoji : null;
    reactions.hidden = entries.length === 0;
    reactions.replaceChildren(...entries.map(([emoji, users]) => {
      const mine = users.includes(me);
      const names = entry.reactors[emoji];
      const attributes = { 'aria-pressed': String(mine), 'aria-label': `${emoji} by ${names}`, title: names, tabindex: '-1' };
      const button = this.#button(`reaction${mine ? ' mine' : ''}`, `${emoji} ${users.length}`, attributes, () => react(entry, emoji, !mine));
      button.disabled = !entry.mayAnswer;
      button.dataset.emoji = emoji;
      return button;
    }));
    if (focused === null) return;
    const same = [...reactions.children].find((button) => button.dataset.emoji === focused && !button.disabled);
    (same ?? this.element).focus({ preventScroll: true });
  }

  #button(className, text, attributes, clicked) {
    const button = el('button', { className, attributes: { type: 'button', ...attributes }, text });
    button.onclick = clicked;
    return button;
  }
}
