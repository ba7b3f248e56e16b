// The page's history over a server of 10,000 messages of 100 days, two changes a message: jumps to days far away, and reads on from there.
async () => {
  const [{ History }, { Conversation }] = await Promise.all(['/history.js', '/conversation.js'].map((path) => import(path)));
  const DAY = 86_400_000;
  const first = Date.UTC(2026, 0, 1);
  const log = Array.from({ length: 10_000 }, (_, index) => ({
    messageId: `m${index + 1}`, seq: index + 1, changeSeq: 2 * index + 2, senderId: 'u2', mentions: [], body: { text: `${index + 1}` },
    createdAt: new Date(first + Math.floor(index / 100) * DAY + (index % 100) * 60_000).toISOString(),
  }));
  let asked = 0;
  const rest = {
    async messages(id, { before = Infinity, after, limit }) {
      asked++;
      const those = after === undefined ? log.filter(({ changeSeq }) => changeSeq < before).reverse() : log.filter(({ changeSeq }) => changeSeq > after);
      return { items: those.slice(0, limit), hasMore: those.length > limit };
    },
  };
  const conversation = new Conversation('c1', 'u1');
  conversation.mergeInbox({ conversation: { type: 'group', title: 'Long', role: 'member' }, headSeq: 10_000, headChangeSeq: 20_000, readSeq: 10_000, lastMessage: log.at(-1) });
  const hooks = { changed() {}, seen() {}, guard: (work) => work() };
  const history = new History(rest, hooks);
  const seqs = () => conversation.messages.map(({ seq }) => seq);
  const dense = () => seqs().every((seq, index, all) => index === 0 || seq === all[index - 1] + 1);
  await history.newest(conversation);
  const wrong = [];
  const is = (what, found, wanted) => { if (found !== wanted) wrong.push(`${what}: ${found} instead of ${wanted}`); };
  for (const [days, wanted] of [[40, 4_001], [0, 1], [-7, 1], [99, 9_901], [99.5, undefined], [12.00001, 1_202]]) {
    asked = 0;
    const found = await history.firstSince(conversation, first + days * DAY);
    is(`day ${days}`, found?.seq, wanted);
    if (wanted) is(`day ${days} is loaded`, seqs().includes(wanted), true);
    is(`day ${days} took at most 12 requests`, asked <= 12, true);
    is(`day ${days} is a stretch without holes`, dense(), true);
  }
  is('there is more below', conversation.hasNewer, true);
  conversation.apply({ type: 'message.new', changeSeq: 20_002, message: { ...log[0], messageId: 'live', seq: 10_001, changeSeq: 20_002 } });
  is('what comes live is not shown behind a gap', seqs().includes(10_001), false);
  log.push({ ...log[0], messageId: 'live', seq: 10_001, changeSeq: 20_002 });
  while (conversation.hasNewer) await history.newer(conversation);
  is('the newest', seqs().at(-1), 10_001);
  is('all the way is a stretch without holes', dense() && seqs().length > 8_000, true);
  await history.back(conversation, 30);
  is('a message far up is loaded', seqs().includes(30), true);
  await history.toNewest(conversation);
  is('back at the end', seqs().at(-1), 10_001);
  is('with a page', seqs().length, 50);
  asked = 0;
  await history.back(conversation, 9_800);
  is('what is near is read in between', seqs().length >= 202 && dense(), true);

  while (seqs().length < 2_500) await history.older(conversation);
  conversation.trim(1_000);
  is('of what has passed so much is kept', [seqs().length, seqs().at(-1), conversation.history.hasMore].join(), '1000,10001,true');
  await history.older(conversation);
  is('and what was not is read again', seqs().length === 1_050 && dense(), true);
  await history.back(conversation, 8_900);
  is('by who jumps back, too', seqs()[0] <= 8_900 && dense(), true);
  conversation.trim(5_000);
  is('less is left as it is', seqs()[0] <= 8_900, true);

  const unopened = new Conversation('c2', 'u1');
  unopened.apply({ type: 'message.new', changeSeq: 20_002, message: { ...log.at(-1), changeSeq: undefined } });
  is('what nobody looks at is not kept', unopened.message('live'), undefined);
  const edit = { type: 'message.edit', changeSeq: 20_003, message: { ...log.at(-1), changeSeq: undefined, body: { text: 'edited' }, version: 20_003 } };
  const reaction = { type: 'reaction', changeSeq: 20_004, actorId: 'u3', message: { messageId: 'live' }, reaction: { emoji: '👍', on: true } };
  const overtaken = { messages: async (...range) => { const page = await rest.messages(...range); [edit, reaction].forEach((change) => unopened.apply(change)); return page; } };
  await new History(overtaken, hooks).newest(unopened);
  is('what was edited while it was read', unopened.messages.at(-1).body.text, 'edited');
  is('what was reacted to while it was read', unopened.messages.at(-1).reactions?.['👍']?.join(), 'u3');

  const fresh = new Conversation('c3', 'u1');
  const there = [];
  const young = new History({ messages: async (id, { after = 0 }) => ({ items: there.filter(({ changeSeq }) => changeSeq > after), hasMore: false }) }, hooks);
  await young.newest(fresh);
  for (const count of [1, 2]) {  // the page was read before the message, and the list told of it before the change came
    there.push(log[count - 1]);
    fresh.mergeInbox({ conversation: { type: 'dm', role: 'member' }, headSeq: count, headChangeSeq: 2 * count, readSeq: 0, lastMessage: log[count - 1] });
    is(`message ${count} is not there yet`, fresh.messages.length, count - 1);
    await young.fill(fresh);
    is(`message ${count} that the list has told of`, fresh.messages.length, count);
  }

  let seen = 0;
  const reader = new History(rest, { changed() {}, seen() { seen++; }, guard: (work) => work() });
  const read = new Conversation('c4', 'u1');
  read.mergeInbox({ conversation: { type: 'group', role: 'member' }, headSeq: 10_001, headChangeSeq: 20_002, readSeq: 1 });
  await reader.newest(read);
  await reader.firstSince(read, first);
  is('who jumps far back has seen the newest page only', seen, 1);
  await reader.firstSince(read, first + 99.9 * DAY);
  is('a stretch that ends before the newest is not seen', [seen, read.hasNewer].join(), '1,true');
  await reader.around(read, 20_002);
  is('who jumps to the end has seen it', [seen, read.hasNewer].join(), '2,false');
  await reader.firstSince(read, first);
  while (read.hasNewer) await reader.newer(read);
  is('who reads on to the end has seen it', seen, 3);
  const silent = new History({ messages: () => Promise.reject(new Error('no answer')) }, { ...hooks, guard: (work, otherwise) => work().catch(() => otherwise) });
  is('where the server does not answer nobody says that there is nothing', await silent.firstSince(read, first), undefined);

  let away = true;
  let missed = 0;
  const shaky = new History(
    { messages: (...range) => (away ? Promise.reject(new Error('no answer')) : rest.messages(...range)) },
    { ...hooks, guard: (work) => work().catch(() => undefined), missing() { missed++; } });
  const unread = new Conversation('c6', 'u1');
  await shaky.newest(unread);
  is('that the first page did not come is told', [missed, unread.missing].join(), '1,true');
  log.push({ ...log[0], messageId: 'later', seq: 10_002, changeSeq: 20_006 });
  unread.apply({ type: 'message.new', changeSeq: 20_006, message: { ...log.at(-1), changeSeq: undefined } });
  is('what comes then is there to be shown', unread.live.map(({ seq }) => seq).join(), '10002');
  away = false;
  await shaky.newest(unread);
  is('and is in its place once the page is there', unread.messages.slice(-2).map(({ seq }) => seq).join(), '10001,10002');
  is('once', unread.messages.length, 50);
  is('nothing is missing then', [missed, unread.missing].join(), '1,false');

  const line = { conversation: { type: 'group', role: 'member' }, headSeq: 1, headChangeSeq: 1, readSeq: 1 };
  const asked1 = performance.now();
  const muted = new Conversation('c5', 'u1');
  muted.mergeInbox(line, asked1);
  await new Promise((later) => setTimeout(later, 5));
  muted.inboxUpdated({ archived: true, readSeq: 1 });
  muted.mergeInbox(line, asked1);
  is('a list that was asked for before takes nothing back', muted.archived, true);
  await new Promise((later) => setTimeout(later, 5));
  muted.mergeInbox(line, performance.now());
  is('one that was asked for later does', muted.archived, false);

  const { Row } = await import('/row.js');
  const row = new Row('k1', false, { me: 'u1', react() {}, mention: () => '', who() {}, jump() {} });
  const entry = {
    key: 'k1', own: false, sender: 'u2', name: 'Ada', at: first, body: { text: 'Hello' }, deleted: false, edited: false, reactions: { '👍': ['u3'] },
    reactors: { '👍': 'Someone' }, quote: null, mayAnswer: true, state: '', seq: 1, changeSeq: 1, messageId: 'm1', handlesKnown: false,
  };
  const how = { joins: false, named: true, dm: false };
  document.body.append(row.element);
  row.paint(entry, how);
  const words = row.element.querySelector('.body').firstChild;
  row.paint({ ...entry, reactors: { '👍': 'Grace' } }, how);
  is('who reacted is named when it is known', row.element.querySelector('.reaction').getAttribute('aria-label'), '👍 by Grace');
  const painted = row.element.querySelector('.body').firstChild;
  row.element.querySelector('.reaction').focus();
  row.paint({ ...entry, reactions: { '👍': ['u3', 'u4'] }, reactors: { '👍': 'Grace, Alan' } }, how);
  is('a reaction leaves the words as they are', row.element.querySelector('.body').firstChild === painted && Boolean(words), true);
  is('and the focus where it is', document.activeElement?.dataset.emoji, '👍');
  row.element.remove();
  return wrong;
};
