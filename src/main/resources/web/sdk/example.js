import { ParleyClient, Session } from './index.js';

const $ = (id) => document.getElementById(id);
const show = (words) => { $('state').textContent = words; };
const failed = ({ message }) => show(message);
$('enter').onsubmit = (event) => { event.preventDefault(); start().catch(failed); };

async function start() {
  const session = new Session();
  await session.signIn($('handle').value, $('password').value, false);
  const client = new ParleyClient(session);
  for (const event of ['state', 'pending']) client.on(event, () => show(`${client.state}, ${client.waiting} waiting`));
  const known = new Set();
  client.on('inbox', ({ items }) => {
    for (const { conversation: { conversationId, title, members } } of items.filter((item) => !known.has(item.conversation.conversationId))) {
      known.add(conversationId);
      $('where').append(new Option(title || members.find(({ userId }) => userId !== client.userId).displayName, conversationId));
    }
  });
  client.on('message', ({ conversationId, message }) => {
    const line = document.createElement('li');
    line.textContent = `${message.senderId === client.userId ? 'I' : 'They'}: ${message.body.text}`;
    $('messages').append(line);
    if (!known.has(conversationId)) client.refreshInbox().catch(failed);
  });
  $('say').onsubmit = (event) => { event.preventDefault(); client.send($('where').value, $('text').value).acked.catch(failed); $('text').value = ''; };
  $('enter').hidden = !($('say').hidden = false);
  await client.connect();
}
