// News for somebody who is not looking: the number in the title, the system's notifications where the user wants them, and what screen
// readers say of the open conversation.

import { byId } from './dom.js';
import { flat } from './markdown.js';

/** What comes late, with a sync, is news up to this age: the connection was lost and is back, or another tab has taken it over. */
const NEWS_MS = 60_000;

/** Conversations with something unread; muted and archived ones do not count, as people know it from elsewhere. */
export function badge(conversations) {
  const unread = conversations.filter(({ unread: count, muted, archived }) => count > 0 && !muted && !archived).length;
  document.title = unread > 0 ? `(${unread}) Parley` : 'Parley';
}

/** One notification a conversation, of its latest message; only from the tab that leads, so that it comes once. */
export async function notify(store, attention, conversation, message, open) {
  if (conversation.muted || !store.client.leads || globalThis.Notification?.permission !== 'granted') return;
  if (store.client.state !== 'online' && Math.abs(Date.now() - Date.parse(message.createdAt)) > NEWS_MS) return;
  if (await attention.on(conversation.id) || store.client.state === 'ended') return;
  const sender = store.nameOf(message.senderId, conversation);
  const title = conversation.type === 'dm' ? sender : `${sender} in ${store.titleOf(conversation)}`;
  let notification;
  try {
    notification = new Notification(title, { body: flat(message.body).slice(0, 200), tag: conversation.id, icon: 'favicon.svg' });
  } catch (onPhones) {
    return;  // there only a service worker may notify
  }
  notification.onclick = () => {
    window.focus();
    open(conversation.id);
    notification.close();
  };
}

/** What has just been written in the open conversation, for who listens; what was missed is there to be read. */
export function say(store, conversation, message) {
  if (store.client.state === 'online') byId('said').replaceChildren(`${store.nameOf(message.senderId, conversation)}: ${flat(message.body)}`);
}
