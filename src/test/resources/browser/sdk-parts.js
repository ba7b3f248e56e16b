// Parts of the SDK by themselves: what they keep is bounded, and what they promised is settled. Nothing answers at /hangs.
async () => {
  const { is, outcome, pause, until, wrong } = await import('/parts.js');
  const names = ['client', 'link', 'outbox', 'pending', 'receipts', 'session', 'soft', 'stream', 'storage'];
  const { ParleyClient, Link, Outbox, PendingSends, Problem, ReceiptSender, Session, SessionEnded, SoftState, ChangeStream, remembered } = Object.assign(
    {}, ...await Promise.all(names.map((name) => import(`/sdk/${name}.js`))));

  const frames = [];
  const receipts = new ReceiptSender((type, data) => frames.push({ t: type, d: data }), 1);
  for (let number = 0; number < 1_500; number++) receipts.delivered(String(number).padStart(64, 'c'), 1);
  receipts.connected();
  is('the longest frame of receipts fits', Math.max(...frames.map((frame) => JSON.stringify(frame).length)) < 65_536, true);
  is('all cursors are told', frames.flatMap(({ d }) => Object.keys(d.cursors)).length, 1_500);

  const told = [];
  const seldom = new ReceiptSender((type, data) => told.push(...Object.entries(data.cursors)), 1, 400);
  seldom.connected();
  seldom.heard('large', true);
  seldom.delivered('large', 7);
  seldom.delivered('dm', 3);
  await pause(100);
  is('what a large conversation counts waits', told.join(), 'dm,3');
  seldom.delivered('large', 9);
  await until(() => told.length > 1);
  is('and is told once, the latest', told.slice(1).join(), 'large,9');
  seldom.delivered('large', 200);
  await pause(100);
  is('but not where the server has much to keep for it', told.slice(2).join(), 'large,200');
  seldom.heard('large', false);
  seldom.delivered('large', 201);
  await pause(100);
  is('nor where the conversation is small again', told.slice(3).join(), 'large,201');

  const repeated = [];
  const sure = new ReceiptSender((type, data) => repeated.push(data.seq ?? Object.values(data.cursors).join()), 1);
  const { now } = performance;
  sure.connected();
  sure.alreadyDelivered('known', 2);
  sure.delivered('old', 7);
  sure.read('old', 6);
  await until(() => repeated.length > 1);
  performance.now = () => now.call(performance) + 61_000;
  sure.delivered('young', 9);
  sure.read('young', 8);
  await until(() => repeated.length > 3);
  sure.connectionLost();
  sure.connected();
  delete performance.now;
  is('after a loss is said again what was said shortly before', repeated.slice(4).join(), '9,8');
  sure.again('old', 7, 7);
  await until(() => repeated.length > 6);
  is('and what the server sends again', repeated.slice(6).join(), '7');
  sure.again('known', 2, 2);
  await until(() => repeated.length > 7);
  is('also where it was thought to know it', repeated.slice(7).join(), '2');

  const before = localStorage.getItem('parley.session');
  const signedIn = (userId) => localStorage.setItem('parley.session', JSON.stringify({ userId, remember: true }));
  signedIn('alice');
  const stale = new Session();
  signedIn('bob');
  stale.forget();
  is('who is signed in by another tab stays so', JSON.parse(localStorage.getItem('parley.session'))?.userId, 'bob');
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = () => { throw new Error('full'); };
  remembered.set('parley.session', 'kept');
  Storage.prototype.setItem = setItem;
  is('what the browser has no room for is kept for the page', remembered.get('parley.session'), 'kept');
  remembered.remove('parley.session');
  if (before !== null) localStorage.setItem('parley.session', before);

  const moved = (type, changeSeq) => ({ type, changeSeq, member: { userId: 'me' } });
  const shown = [];
  const stream = new ChangeStream('room', 'me', (change) => shown.push(change.changeSeq));
  stream.startAt(3);
  stream.offer({ type: 'message.new', changeSeq: 6 });
  stream.offer(moved('member.joined', 9));
  stream.offer({ type: 'message.new', changeSeq: 10 });
  stream.page([moved('member.left', 4)]);
  is('a return that came before the page of the leave is kept', shown.join(), '4,9,10');
  is('and nothing is missing then', stream.gap, false);

  stream.offer(moved('member.left', 11));
  stream.reset(700);
  stream.offer({ type: 'message.new', changeSeq: 702 });
  is('who is told to start anew may be in it again', stream.gap, true);

  const message = (changeSeq, made) => ({ type: 'message.new', changeSeq, made });
  const streamed = () => {
    const passed = [];
    const one = new ChangeStream('new', 'me', ({ changeSeq, made }) => passed.push(made ? `own ${changeSeq}` : changeSeq));
    return { one, passed };
  };
  const { one: overtaken, passed: inOrder } = streamed();
  overtaken.offer(message(52, true));
  is('an ack does not begin a conversation', overtaken.cursor, null);
  is('but wants to know what does', overtaken.gap, true);
  overtaken.offer(moved('member.joined', 50));
  overtaken.offer(message(51));
  is('what it has overtaken is told before it', inOrder.join(), '50,51,own 52');
  const { one: known, passed: atOnce } = streamed();
  known.startAt(1);
  known.offer(message(2, true));
  is('where it is known where a conversation is, an ack is told at once', atOnce.join(), 'own 2');
  known.offer(message(4, true));
  known.offer(message(4));
  known.offer(message(6));
  known.offer(message(6, true));
  for (const changeSeq of [3, 5]) known.offer(message(changeSeq));
  is('a frame says more than the ack, whichever waits', atOnce.slice(1).join(), '3,4,5,6');
  const { one: asked300, passed: fromPage } = streamed();
  asked300.offer(message(300, true));
  is('what is asked for ends with it', asked300.after(200), 100);
  asked300.page([moved('member.joined', 110), message(111), moved('member.left', 120), moved('member.joined', 250), message(299), message(300)]);
  is('and counts from the last join', fromPage.join(), '250,299,300');
  const { one: begun, passed: toldToo } = streamed();
  for (const changeSeq of [9, 7]) begun.offer(message(changeSeq, true));
  begun.startAt(8);
  begun.offer(message(9));
  is('what the app finds there already is told where it is one\'s own', toldToo.join(), 'own 7,own 9');
  const { one: later, passed: ownFirst } = streamed();
  later.offer(message(40, true));
  later.offer(message(50));
  is('a frame that comes only after it does not bury it', ownFirst.join(), 'own 40');
  const { one: refusedOne, passed: alone300 } = streamed();
  refusedOne.offer(message(300, true));
  refusedOne.giveUp();
  is('what nobody may say holds nothing up', alone300.join(), 'own 300');

  const soft = new SoftState(() => true, { emit() {} }, () => 'r1');
  for (let tab = 0; tab < 700; tab++) soft.watch(`t${tab}`, [`u${tab}`]);
  is('of tabs that came and went a few count', soft.watch('last', ['bob']).length <= 20, true);
  is('the last one counts', soft.watch('last', ['bob']).includes('bob'), true);
  soft.seen({ userId: 'bob', status: 'online' });
  soft.watch('last', []);
  is('of who is not watched nothing is known', soft.presenceOf('bob'), undefined);

  const says = [];
  let connected = false;
  const device = new SoftState((type, { status }) => { if (connected) says.push(`${type} ${status}`); return connected; }, { emit() {} }, () => 'r2');
  device.setPresence('away');
  connected = true;
  device.connected();
  is('a device that is away says so when it connects', says.join(), 'presence.set away');
  device.setPresence('away');
  device.connectionLost();
  device.connected();
  is('and each time it does', says.join(), 'presence.set away,presence.set away');
  device.setPresence('online');
  device.connected();
  is('a new connection begins as online', says.slice(2).join(), 'presence.set online');
  is('it cannot be otherwise', await outcome(Promise.resolve().then(() => device.setPresence('asleep'))), 'TypeError');

  const { timeout } = AbortSignal;
  AbortSignal.timeout = () => timeout.call(AbortSignal, 100);
  const session = new Session();
  const mine = { userId: 'u1', deviceId: 'd1', accessToken: 'a1', refreshToken: 'r1', expiresAt: '2999-01-01T00:00:00.000Z' };
  session.adopt(mine);
  is('a call without an answer', await outcome(session.get('/hangs')), 'unreachable');
  const client = new ParleyClient(session);
  const connecting = client.connect();
  client.close();
  is('connect, when closed', await outcome(connecting), 'ended');
  is('connect, after it', await outcome(client.connect()), 'ended');
  const never = new ParleyClient(session);
  never.close();
  is('connect, when closed before', await outcome(never.connect()), 'ended');
  const sender = new ParleyClient(session);
  const unsent = sender.send('c1', 'never mind');
  sender.discard(unsent.clientMsgId);
  is('a send that is discarded', await outcome(unsent.acked), 'discarded');
  const unheard = sender.send('c1', 'nobody is there');
  sender.close();
  is('a send whose client is closed', await outcome(unheard.acked), 'ended');
  const after = sender.send('c1', 'nor now');
  is('one of a closed client', await outcome(after.acked), 'ended');
  is('both stay for the next client', sender.pendingOf('c1').length, 2);
  for (const { clientMsgId } of [unheard, after]) sender.discard(clientMsgId);
  is('a frame that is too long', await outcome(sender.edit('m1', 'é'.repeat(33_000))), 'payload_too_large');
  is('one that just fits', await outcome(sender.edit('m1', 'é'.repeat(32_000))), 'unreachable');
  const renewals = [];
  const { fetch: fetching } = globalThis;
  globalThis.fetch = async (url, { body }) => {
    renewals.push(JSON.parse(body));
    if (renewals.length === 1) throw new TypeError('the answer gets lost');
    return new Response(JSON.stringify({ ...mine, refreshToken: `r${renewals.length}` }));
  };
  is('a renewal whose answer got lost', await outcome(session.renew()), 'unreachable');
  await session.renew();
  await session.renew();
  const twin = new Session();
  twin.adopt({ ...mine, refreshToken: 'r3' });
  session.adopt({ ...mine, refreshToken: 'r3' });
  const announced = [];
  const listening = new BroadcastChannel('parley.session');
  listening.addEventListener('message', ({ data }) => announced.push(data.former));
  for (const tab of [session, twin, session]) {
    const before = announced.length;
    await tab.renew();
    await until(() => announced.length > before);
  }
  is('of a tab and its duplicate neither uses what the other has used', renewals.slice(3).map((asked) => asked.refreshToken).join(), 'r3,r4,r5');
  is('is asked for again', renewals.slice(0, 3).map((asked) => asked.refreshToken).join(), 'r1,r1,r2');
  is('with the id that it had', renewals[1].renewalId, renewals[0].renewalId);
  is('which is as long as it must be', renewals[0].renewalId.length, 22);
  is('and is not the next one\'s', renewals[2].renewalId === renewals[1].renewalId, false);

  globalThis.fetch = async () => new Response('<h1>Forbidden</h1>', { status: 403 });
  is('a renewal that a proxy answers', await outcome(session.renew()), 'unknown');
  globalThis.fetch = async () => new Response(JSON.stringify({ code: 'unauthenticated' }), { status: 401 });
  is('a renewal that the server refuses', await outcome(session.renew()), 'SessionEnded');

  Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true });  // as over plain http
  sessionStorage.setItem('parley.session', JSON.stringify({ ...mine, renewalId: 'the one id of two tabs' }));
  const tabs = [new Session(), new Session()];
  const asked = [];
  globalThis.fetch = (url, { body }) => new Promise((resolve) => {
    const question = JSON.parse(body);
    const answer = () => resolve(new Response(JSON.stringify({ ...mine, refreshToken: `${question.refreshToken}+` })));
    asked.push({ ...question, answer });
  });
  const together = async (order) => {
    const before = asked.length;
    const heard = announced.length;
    const renewing = tabs.map((tab) => tab.renew());
    await until(() => asked.length === before + 2);
    await order(asked.slice(before), renewing);
    await Promise.allSettled(renewing);
    await until(() => announced.length > heard);
    await pause(0);
    return renewing;
  };
  const late = await together(async ([first, second], [renewed]) => {
    const heard = announced.length;
    first.answer();
    await renewed;
    await until(() => announced.length > heard);
    second.answer();
  });
  is('a tab that heard of its twin before its own answer', await outcome(late[1]), 'kept');
  await together((two) => two.forEach(({ answer }) => answer()));
  await until(() => announced.length === 6);
  await together((two) => two.forEach(({ answer }) => answer()));
  is('tabs that asked at once have one id for the next time', asked[4].renewalId, asked[5].renewalId);
  is('which is of the token that both have', asked[4].refreshToken === asked[5].refreshToken && asked[4].refreshToken, 'r1++');
  // Each has a connection of its own then, and tells the other what the server tells other devices only.
  globalThis.fetch = (url, { method }) => (method === 'GET' ? new Promise(() => {})
    : Promise.resolve(new Response(JSON.stringify({ conversationId: 'c1', archived: true }))));
  session.adopt({ ...mine, deviceId: 'd2' });
  const alone = [new ParleyClient(session), new ParleyClient(session)];
  const hears = [];
  for (const event of ['settings', 'seen', 'pending']) alone[1].on(event, (value) => hears.push(event, value.seq ?? value.archived));
  for (const each of alone) each.connect();
  await until(() => alone.every(({ leads }) => leads));
  alone[0].send('c1', 'mine alone');
  await alone[0].settings('c1', { archived: true });
  alone[0].read('c1', 5);
  await until(() => hears.length >= 4);
  const kept = new Outbox('u1');
  await until(async () => (await kept.all()).length > 0);
  await pause(50);  // it would be told after that
  is('tabs with connections of their own', hears.join(), 'settings,true,seen,5');
  for (const each of alone) {
    for (const { clientMsgId } of each.pendingOf('c1')) each.discard(clientMsgId);
    each.close();
  }
  delete navigator.locks;
  listening.close();
  globalThis.fetch = fetching;
  session.adopt(mine);

  globalThis.fetch = async () => new Response(JSON.stringify({ ...mine, refreshToken: 'r2' }));
  const letGo = await new Promise((held) => { navigator.locks.request('parley.renew', () => new Promise((release) => { held(release); })); });
  is('a renewal when the tab whose turn it is stands still', await outcome(session.renew()), 'kept');
  letGo();
  globalThis.fetch = fetching;
  session.adopt(mine);

  const old = { clientMsgId: 'old', conversationId: 'c1', body: { text: 'a week ago' }, deviceId: 'd5', at: Date.now() - 8 * 24 * 3_600_000 };
  await new Outbox('u5').put(old);
  const transmitted = [];
  const slow = new Problem(429, { code: 'rate_limited', scope: 'conversation', retryAfterMs: 60_000, detail: 'slow mode' });
  const failures = [];
  const sends = new PendingSends({ userId: 'u5', deviceId: 'd5' }, {
    transmit: ({ clientMsgId }) => { transmitted.push(clientMsgId); return Promise.reject(slow); }, acked() {}, changed() {}, post() {},
    failed: ({ clientMsgId }) => failures.push(clientMsgId),
  });
  await sends.load();
  await sends.load();
  is('whoever finds such a send is told once', failures.join(), 'old');
  sends.resendAll();
  is('a send that the server may know no more is for the user to decide', sends.get('old').failed, 'Not confirmed for a week; it may have arrived.');
  is('and does not go out by itself', transmitted.length, 0);
  sends.retry('old');
  await until(() => sends.get('old').waits);
  is('but when they say so', transmitted.join(), 'old');
  is('who has to wait long is told why', sends.get('old').waits?.why, 'slow mode');
  const left = sends.get('old').waits?.until - Date.now();
  is('and until when', left > 50_000 && left < 65_000, true);
  sends.discard('old');
  is('and may take it back', sends.of('c1').length, 0);
  await until(async () => (await new Outbox('u5').all()).length === 0);

  const finder = new ParleyClient(session);
  const lost = finder.send('c1', 'stored, but never confirmed');
  globalThis.fetch = async () => new Response(JSON.stringify({
    items: [{ messageId: 'm4', senderId: 'u1', clientMsgId: lost.clientMsgId, seq: 4, changeSeq: 5, createdAt: '2026-01-01T00:00:00.000Z' }], hasMore: false }));
  await finder.rest.messages('c1');
  is('a send that the history shows is confirmed by it', (await Promise.race([lost.acked, pause(1_000)]))?.seq, 4);
  is('and waits no more', finder.pendingOf('c1').length, 0);
  finder.close();

  const calls = [];
  globalThis.fetch = (url, { headers }) => new Promise((resolve) => {
    calls.push({ token: headers.Authorization, answer: (status) => resolve(new Response('{}', { status })) });
  });
  session.adopt({ ...mine, userId: 'alice', accessToken: 'hers' });
  const renaming = session.patch('/v1/users/me', { displayName: 'Alice' });
  await until(() => calls.length > 0);
  session.forget();
  session.adopt({ ...mine, userId: 'bob', accessToken: 'his' });
  calls[0].answer(401);
  is('the call of who has left', await outcome(renaming), 'SessionEnded');
  is('is not made by who came after', calls.map(({ token }) => token).join(), 'Bearer hers');
  globalThis.fetch = fetching;

  session.forget();
  is('a call when signed out', await outcome(session.get('/v1/devices')), 'SessionEnded');

  const keep = (accessToken) => localStorage.setItem('parley.session', JSON.stringify({ ...mine, accessToken, remember: true }));
  keep('a1');
  const ended = new Session();
  const replaced = ended.isReplacedSoon();
  await pause(150);
  keep('a2');
  is('a session that ends a moment before another tab has the new one', await replaced, true);
  keep('a1');
  is('a session that nobody signs in anew', await ended.isReplacedSoon(), false);
  localStorage.removeItem('parley.session');

  const outbox = new Outbox('u7');
  await outbox.put({ clientMsgId: 'k1', conversationId: 'c1' });
  const cleared = new Promise((resolve, reject) => Object.assign(indexedDB.deleteDatabase('parley'), { onsuccess: resolve, onerror: reject }));
  is('another page may clear the store', await outcome(cleared), 'kept');
  await outbox.put({ clientMsgId: 'k2', conversationId: 'c1' });
  is('and sends are kept after it', (await outbox.all()).map((entry) => entry.clientMsgId).join(), 'k2');

  const { transaction } = IDBDatabase.prototype;
  let failing = 1;
  IDBDatabase.prototype.transaction = function refuses(...of) {
    if (failing-- > 0) throw new DOMException('The browser closed it.', 'InvalidStateError');
    return transaction.apply(this, of);
  };
  is('a store that fails once keeps all the same', await outbox.put({ clientMsgId: 'k3', conversationId: 'c1' }), true);
  is('what it was given', (await outbox.all()).map((entry) => entry.clientMsgId).join(), 'k2,k3');
  IDBDatabase.prototype.transaction = transaction;

  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = () => { throw new DOMException('not here', 'SecurityError'); };
  const posted = [];
  const homeless = new PendingSends({ userId: 'u4', deviceId: 'd4' }, {
    transmit: () => null, acked() {}, changed() {}, post: ({ kind, entry }) => posted.push(kind, entry?.unkept), failed() {},
  });
  const first = homeless.add('c1', { text: 'said where nothing can be kept' });
  await until(() => posted.length > 0);
  is('a send that the browser cannot keep says so', homeless.get(first.clientMsgId).unkept, true);
  is('in all tabs', posted.join(), 'pending.kept,true');
  IDBFactory.prototype.open = open;
  const second = homeless.add('c1', { text: 'said when it can' });
  await until(() => posted.length > 2);
  is('one that it can keep does not', homeless.get(second.clientMsgId).unkept, undefined);
  is('and is kept', (await new Outbox('u4').all()).map((entry) => entry.clientMsgId).join(), second.clientMsgId);
  const third = homeless.add('c1', { text: 'taken back before it is kept' });
  homeless.discard(third.clientMsgId);
  const fourth = homeless.add('c1', { text: 'kept after it' });
  await until(() => posted.length > 6);
  is('one that is taken back before it is kept comes up nowhere', posted.slice(4).join(), 'pending.settled,,pending.kept,');
  for (const { clientMsgId } of [second, fourth]) homeless.discard(clientMsgId);
  await until(async () => (await new Outbox('u4').all()).length === 0);

  // A tab follows one that leads, which says it is online and then that it is not, while the follower reads the inbox.
  const name = 'parley.u9.d9';
  const giveWay = await new Promise((held) => { navigator.locks.request(name, () => new Promise((release) => { held(release); })); });
  const leader = new BroadcastChannel(name);
  let prepared = null;
  const waiting = { userId: 'u9', deviceId: 'd9', server: location.origin, token: () => new Promise(() => {}) };
  const follower = new Link(waiting, { shareTabs: true, transports: ['websocket'] }, {
    prepare: () => new Promise((resolve) => { prepared = resolve; }), state() {}, caughtUp() {}, frame() {}, cursors: () => ({}), posted() {},
  });
  follower.start();
  leader.postMessage({ kind: 'state', state: 'online', detail: {}, cursors: {} });
  await until(() => prepared);
  leader.postMessage({ kind: 'state', state: 'waiting', detail: {} });
  await until(() => follower.state === 'waiting');
  prepared();
  await pause(50);
  is('a tab whose leader lost the connection', follower.state, 'waiting');
  leader.postMessage({ kind: 'state', state: 'ended', detail: {} });
  await until(() => follower.state === 'connecting');
  is('one whose leader\'s session ended does not end with it', follower.state, 'connecting');
  giveWay();
  await until(() => follower.leads);
  is('it leads when that one lets go', follower.leads, true);
  follower.stop();

  const out = { userId: 'u6', deviceId: 'd6', server: location.origin, token: async () => { throw new SessionEnded(); } };
  const states = [];
  const last = new Link(out, { shareTabs: true, transports: ['websocket'] }, {
    prepare: async () => {}, state: (state) => states.push(state), caughtUp() {}, frame() {}, cursors: () => ({}), posted() {},
  });
  last.start();
  await until(() => states.includes('ended'));
  is('a session that is over', states.at(-1), 'ended');
  const isHeld = async () => (await navigator.locks.query()).held.some((lock) => lock.name === 'parley.u6.d6');
  await until(async () => !(await isHeld()));
  is('keeps no other tab of its device waiting', await isHeld(), false);

  const quitter = new Link({ ...waiting, userId: 'u3', deviceId: 'd3' }, { shareTabs: true, transports: ['websocket'] }, {
    prepare: async () => {}, state: () => { if (quitter.leads) quitter.stop(); }, caughtUp() {}, frame() {}, cursors: () => ({}), posted() {},
  });
  quitter.start();
  await until(() => quitter.state === 'ended');
  const isKept = async () => (await navigator.locks.query()).held.some((lock) => lock.name === 'parley.u3.d3');
  await until(async () => !(await isKept()));
  is('nor does one that is closed as its turn comes', await isKept(), false);

  const own = new Session();
  own.adopt({ ...mine, userId: 'u8', deviceId: 'd8' });
  await new Promise((held) => { navigator.locks.request('parley.u8.d8', () => { held(); return new Promise(() => {}); }); });
  const leading = new BroadcastChannel('parley.u8.d8');
  globalThis.fetch = async () => new Response(JSON.stringify({ items: [] }));
  const typist = new ParleyClient(own);
  const typing = [];
  typist.on('typing', ({ conversationId }) => typing.push(...typist.typingIn(conversationId)));
  leading.onmessage = ({ data }) => { if (data.kind === 'who') leading.postMessage({ kind: 'state', state: 'online', detail: {}, cursors: {} }); };
  typist.connect();
  await until(() => typist.state === 'online');
  for (const userId of ['u8', 'u7']) leading.postMessage({ kind: 'frame', type: 'typing', data: { conversationId: 'c1', userId, on: true } });
  await until(() => typing.length > 0);
  is('of oneself at another device nobody is told that they type', typing.join(), 'u7');
  typist.close();
  globalThis.fetch = fetching;
  own.forget();
  return wrong;
};
