// A message's text as nodes. Promises: nothing that a user wrote becomes markup that is not on the list below; HTML in a message is
// shown as the characters it is made of. Plain text never meets a parser at all.

import { Marked } from '/lib/marked.esm.js';
import '/lib/purify.min.js';
import { el } from './dom.js';

const { DOMPurify } = globalThis;  // it is no module, but says so where it is run as one

const MAX_TEXT_BYTES = 16_384;
const LINK = /https?:\/\/[^\s<>"'`]+/gi;
const OPENING = { ')': '(', ']': '[', '}': '{' };
const MENTION = /(^|[^\p{L}\p{N}_@.])@([a-z0-9_.-]{2,64})/giu;
const SYNTAX = /(\*\*|__|~~|`)\S|(^|\s)[*_]\S[^\n]*\S[*_]|^\s{0,3}([-*+]|\d+[.)]|>|#{1,6}|```)\s|\]\(/m;

const PURE = {
  ALLOWED_TAGS: ['p', 'br', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a'],
  ALLOWED_ATTR: ['href', 'start'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html: ({ text }) => escape(text),
    image: ({ text, href }) => escape(text || href),
    heading({ tokens }) { return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`; },
    table: ({ raw }) => `<pre>${escape(raw)}</pre>`,
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    hr: () => '<p>———</p>',
  },
});

/**
 * What is sent of this text: as Markdown where it would look otherwise by it, else as plain text. Throws where the server would not
 * take it.
 */
export function bodyOf(text) {
  if (new TextEncoder().encode(text).length > MAX_TEXT_BYTES) throw new Error('That is too long: a message holds 16 KiB of text.');
  return SYNTAX.test(text) ? { text, format: 'markdown' } : { text };
}

/**
 * The text of a message's body as nodes.
 *
 * @param {{text: string, format?: string}} body
 * @param {(handle: string) => string} mention  the class of a mention of this handle; '' where it is none
 */
export function render(body, mention) {
  if (body.format !== 'markdown') {
    const holder = document.createDocumentFragment();
    holder.append(...linked(body.text));
    return mentions(holder, mention);
  }
  let html;
  try {
    html = marked.parse(body.text);
  } catch (tooDeep) {
    return render({ text: body.text }, mention);  // quotes in quotes in quotes, by the thousand
  }
  const nodes = DOMPurify.sanitize(html, PURE);
  for (const link of nodes.querySelectorAll('a')) outside(link);
  return mentions(nodes, mention);
}

/** The text without its Markdown, for one line of a preview. */
export function flat(body) {
  const text = body?.format === 'markdown' ? render(body, () => '').textContent : body?.text ?? '';
  return text.replace(/\s+/g, ' ').trim();
}

function linked(text) {
  const nodes = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const href = withoutEnd(found);
    nodes.push(text.slice(at, index), outside(el('a', { text: href, attributes: { href } })));
    at = index + href.length;
  }
  nodes.push(text.slice(at));
  return nodes;
}

/** A link without what belongs to the sentence around it: punctuation, and brackets that close none of its own. */
function withoutEnd(found) {
  const counts = {};
  for (const character of found) counts[character] = (counts[character] ?? 0) + 1;
  let end = found.length;
  for (; end > 0; end--) {
    const last = found[end - 1];
    if (last in OPENING) {
      if (counts[last] <= (counts[OPENING[last]] ?? 0)) break;
      counts[last]--;
    } else if (!'.,;:!?'.includes(last)) {
      break;
    }
  }
  return found.slice(0, end);
}

function outside(link) {
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
  return link;
}

function mentions(holder, mention) {
  const walker = document.createTreeWalker(holder, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.data.includes('@')) texts.push(walker.currentNode);
  for (const node of texts) {
    if (node.parentElement?.closest('a, code')) continue;
    const parts = [];
    let at = 0;
    for (const { 0: found, 1: before, 2: word, index } of node.data.matchAll(MENTION)) {
      const handle = word.toLowerCase().replace(/[.-]+$/, '');
      const className = mention(handle);
      if (!className) continue;
      const from = index + before.length;
      parts.push(node.data.slice(at, from), el('span', { className, text: `@${word.slice(0, handle.length)}` }));
      at = from + 1 + handle.length;
    }
    if (parts.length > 0) node.replaceWith(...parts, node.data.slice(at));
  }
  return holder;
}

function escape(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
