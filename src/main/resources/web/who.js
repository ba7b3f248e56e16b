// The dialog that says who has a message and who has read it; in large conversations only how many.

import { byId, el, paintAvatar, setText } from './dom.js';
import { toast } from './toast.js';

const GROUPS = [['read', 'Read by'], ['delivered', 'Delivered to'], ['sent', 'Not yet delivered to'], ['private', 'Keep their receipts private']];

let openings = 0;

/** Opens the dialog about one's own message. An answer that comes when it is about another one already is passed over. */
export async function showWho(store, conversation, entry) {
  const mine = ++openings;
  const over = () => mine !== openings || !byId('who-dialog').open;
  const list = byId('who');
  list.replaceChildren();
  setText(byId('who-state'), 'Asking…');
  byId('who-dialog').showModal();
  try {
    const answer = await store.client.rest.receipts(conversation.id, entry.seq);
    for (const item of answer.items ?? []) conversation.receipt(item.userId, item);
    if (over()) return;
    const people = conversation.others.filter((member) => (member.joinedChangeSeq ?? 0) <= entry.changeSeq);
    const named = answer.items && conversation.membersComplete;
    setText(byId('who-state'), [named ? '' : `${answer.read} have read it, ${answer.delivered} have it.`, devices(answer)].filter(Boolean).join(' '));
    if (!named) return;
    const told = new Set(answer.items.map(({ userId }) => userId));
    for (const [state, heading] of GROUPS) {
      const those = people.filter(({ userId }) => (told.has(userId) ? stateOf(conversation.receiptOf(userId), entry.seq) : 'private') === state);
      if (those.length > 0) list.append(el('li', { className: 'group', text: heading }), ...those.map(({ userId }) => person(store, conversation, userId)));
    }
  } catch (problem) {
    if (over()) return;
    byId('who-dialog').close();
    toast(problem);
  }
}

/** Empty where the server does not count them: in large conversations, and where nobody tells. */
function devices({ devices: all, deliveredDevices: having }) {
  return all > 0 ? `Delivered to ${having} of ${all} ${all === 1 ? 'device' : 'devices'}.` : '';
}

function stateOf({ deliveredSeq, readSeq }, seq) {
  if (readSeq >= seq) return 'read';
  return deliveredSeq >= seq ? 'delivered' : 'sent';
}

function person(store, conversation, userId) {
  const name = store.nameOf(userId, conversation);
  const avatar = el('span', { attributes: { 'aria-hidden': 'true' } });
  paintAvatar(avatar, name, userId);
  return el('li', { className: 'result' }, avatar, el('strong', { text: name, attributes: { dir: 'auto' } }));
}
