import { ParleyClient, Session } from './index.js';

const $ = (id) => document.getElementById(id);
const session = new Session();
$('enter').onsubmit = async (event) => {
  event.preventDefault();
  try {
    await session.signIn($('handle').value, $('password').value, false);
  } catch (problem) {
    $('state').textContent = problem.message;
    return;
  }
  const client = new ParleyClient(session);
  client.on('state', ({ state }) => { $('state').textContent = `${state}, ${client.waiting} waiting`; });
  client.on('inbox', ({ items }) => {
    $('where').replaceChildren(...items.map(({ conversation }) => new Option(conversation.title || conversation.type, conversation.conversationId)));
  });
  client.on('message', ({ message }) => {
    const line = document.createElement('li');
    line.textContent = `${message.senderId === client.userId ? 'I' : 'They'}: ${message.body.text}`;
    $('messages').append(line);
  });
  $('say').onsubmit = (submit) => { submit.preventDefault(); client.send($('where').value, $('text').value); $('text').value = ''; };
  $('say').hidden = false;
  await client.connect();
};
