// The dialog that says who has a message and who has read it; in large conversations only how many.

import { byId, el, paintAvatar, setText } from './dom.js';
import { toast } from './toast.js';

const GROUPS = [['read', 'Read by'], ['delivered', 'Delivered to'], ['sent', 'Not yet delivered to']];

/** Opens the dialog about one's own message. */
export async function showWho(store, conversation, entry) {
  const list = byId('who');
  list.replaceChildren();
  setText(byId('who-state'), 'Asking…');
  byId('who-dialog').showModal();
  try {
    const answer = await store.client.rest.receipts(conversation.id, entry.seq);
    for (const item of answer.items ?? []) conversation.receipt(item.userId, item);
    const people = conversation.others.filter((member) => (member.joinedChangeSeq ?? 0) <= entry.changeSeq);
    const counts = `${answer.read} have read it, ${answer.delivered} have it.`;
    setText(byId('who-state'), answer.items && conversation.membersComplete ? '' : counts);
    if (!answer.items || !conversation.membersComplete) return;
    for (const [state, heading] of GROUPS) {
      const those = people.filter(({ userId }) => stateOf(conversation.receiptOf(userId), entry.seq) === state);
      if (those.length > 0) list.append(el('li', { className: 'group', text: heading }), ...those.map(({ userId }) => person(store, conversation, userId)));
    }
  } catch (problem) {
    byId('who-dialog').close();
    toast(problem);
  }
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
