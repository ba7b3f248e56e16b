// The SDK's connection, with the test at the other end of its sockets: when it comes back, how it finds out that it is dead, and what
// becomes of frames that overtake each other.
async () => {
  const { is, pause, until, wrong, Wire } = await import('/parts.js');
  const { DEFAULTS, ParleyClient, Problem, Session } = await import('/sdk/index.js');
  const { Connection } = await import('/sdk/connection.js');
  const { Link } = await import('/sdk/link.js');
  const { WebSocket: socketOfTheBrowser, fetch: fetching } = globalThis;
  const { random } = Math;
  const now = performance.now.bind(performance);
  globalThis.WebSocket = Wire;
  globalThis.fetch = async () => new Response(JSON.stringify({ items: [] }));
  const session = new Session();
  session.adopt({ userId: 'u1', deviceId: 'd1', accessToken: 'a1', refreshToken: 'r1', expiresAt: '2999-01-01T00:00:00.000Z' });
  const quick = { ...DEFAULTS, transports: ['websocket'], shareTabs: false, firstWindowMs: 20, lastWindowMs: 20, gapWaitMs: 20, collectReceiptsMs: 20 };

  const connect = (prepare = async () => {}, options = quick) => {
    const states = [];
    const waits = [];
    const connection = new Connection(session, options, {
      prepare, hello: () => ({}), frame() {},
      state: (state, { until: end }) => {
        states.push(state);
        if (end) waits.push(end - Date.now());
      },
    });
    const socketsBefore = Wire.all.length;
    connection.start();
    return { connection, states, waits, sockets: () => Wire.all.slice(socketsBefore) };
  };
  const between = (least, wait, most) => wait >= least && wait <= most;

  // What the server asks to wait is the least; the window comes on top.
  Math.random = () => 0;
  const later = new Problem(503, { code: 'overloaded', retryable: true, retryAfterMs: 5_000 });
  const refused = connect(async () => { throw later; });
  await until(() => refused.waits.length > 0);
  is('a call that is refused before the hello says how long to wait at least', between(4_000, refused.waits[0], 5_000), true);
  refused.connection.wake();
  is('and nobody who comes back shortens that', refused.connection.state, 'waiting');
  refused.connection.tryNow();
  is('but for the user', refused.connection.state, 'connecting');
  refused.connection.stop();
  const busy = { status: 503, code: 'overloaded', retryable: true, retryAfterMs: 5_000 };
  for (const [when, welcome] of [['before the welcome', () => {}], ['during the sync', (wire) => wire.welcome()]]) {
    Wire.server = { hello: (wire) => { welcome(wire); wire.say('error', busy); wire.end(4000); } };
    const { connection, waits } = connect();
    await until(() => waits.length > 0);
    is(`an error ${when} does so, too`, between(4_000, waits[0], 5_000), true);
    connection.stop();
  }
  Math.random = () => 0.5;
  Wire.server = { hello: (wire) => { wire.greet(); wire.say('server.draining', { reconnectAfterMs: 5_000 }); wire.end(4011); } };
  const drained = connect();
  await until(() => drained.waits.length > 0);
  is('a server that stops gives a window, any moment of which will do', between(2_000, drained.waits[0], 2_500), true);
  drained.connection.stop();
  Math.random = random;

  // A socket that opens and carries nothing is no better than one that does not open; one that the server closes is.
  const either = { ...quick, transports: ['websocket', 'sockjs'], welcomeWithinMs: 50 };
  const fallback = () => document.querySelector('script[src$="/lib/sockjs.min.js"]');
  Wire.server = { hello: (wire) => wire.end(4000) };
  const sentBack = connect(undefined, either);
  await until(() => sentBack.sockets().length > 4);
  is('where the server closes it, it stays with the WebSocket', sentBack.sockets().length > 4 && fallback(), null);
  sentBack.connection.stop();
  let opened = 0;
  Wire.server = { hello: (wire) => { if (++opened > 1) wire.end(1006); } };
  const silent = connect(undefined, either);
  await until(() => fallback());
  is('two sockets that carry nothing are enough', fallback() && silent.sockets().length, 2);
  silent.connection.stop();

  // The heart beats only after an answer; whoever comes back asks at once.
  Wire.server = { hello: (wire) => { wire.welcome(40); wire.say('sync.end', { heads: {} }); } };
  const beating = connect();
  const beats = () => Wire.last.heard('ping').length;
  await until(() => beats() > 0);
  await pause(200);
  is('there is one ping at a time', beats(), 1);
  const { setTimeout } = globalThis;
  const set = [];
  globalThis.setTimeout = (work, ms, ...rest) => { set.push(ms); return setTimeout(work, ms, ...rest); };
  Wire.last.say('pong');
  globalThis.setTimeout = setTimeout;
  is('the next is due from the answer on', set.join(), '40');
  await until(() => beats() > 1);
  is('and comes', beats(), 2);
  beating.connection.stop();

  Wire.server = { hello: (wire) => wire.welcome() };
  const woken = connect(undefined, { ...quick, pongWithinMs: 50 });
  await until(() => woken.connection.state === 'syncing');
  const dead = Wire.last;
  woken.connection.wake();
  woken.connection.wake();
  is('who wakes asks at once, and once', dead.heard('ping').length, 1);
  await until(() => dead.closed);
  is('a socket that has died meanwhile is found', dead.closed, 4008);
  woken.connection.stop();

  Wire.server = { hello: (wire) => wire.greet() };
  const link = new Link(session, quick, {
    prepare: async () => {}, hello: () => ({}), frame() {}, state() {}, caughtUp() {}, cursors: () => ({}), posted() {},
  });
  link.start();
  await until(() => link.state === 'online');
  for (const [target, event] of [[globalThis, 'online'], [globalThis, 'focus'], [globalThis, 'pageshow'], [document, 'visibilitychange']]) {
    const before = beats();
    target.dispatchEvent(new Event(event));
    is(`it does so at ${event}`, beats(), before + 1);
    Wire.last.say('pong');
  }
  link.stop();

  // Frames that overtake each other.
  const change = (conversationId, changeSeq, more) => ({
    type: 'message.new', conversationId, changeSeq, seq: changeSeq, at: '2026-01-01T00:00:00.000Z', actorId: 'u2',
    message: { messageId: `${conversationId}.${changeSeq}`, seq: changeSeq, senderId: 'u2', clientMsgId: `k${changeSeq}`, body: { text: 'theirs' } }, ...more,
  });
  const joined = (conversationId, changeSeq) => change(conversationId, changeSeq, { type: 'member.joined', member: { userId: 'u1' }, message: undefined });
  const requests = [];
  const asked = (conversationId) => requests.filter((request) => request.conversationId === conversationId);
  let number = 0;
  Wire.server = {
    hello: (wire) => wire.greet({ c1: 3 }),
    frame: (wire, { t, id, d }) => {
      if (t === 'sync') requests.push({ id, ...d });
      if (t === 'message.send') {
        wire.say('ack', {
          conversationId: d.conversationId, clientMsgId: d.clientMsgId, messageId: 'm', seq: number, changeSeq: number,
          createdAt: '2026-01-01T00:00:00.000Z', durability: 'buffered', replayed: true,
        }, id);
      }
    },
  };
  const told = [];
  const client = new ParleyClient(session, quick);
  client.on('change', ({ conversationId, changeSeq, made }) => told.push(`${conversationId} ${changeSeq}${made ? ' own' : ''}`));
  await client.connect();
  const server = Wire.last;
  const delivered = (conversationId) => server.heard('receipt.delivered').map(({ cursors }) => cursors[conversationId]).filter(Boolean);

  number = 52;
  const early = client.send('c2', 'before the feed');
  await until(() => asked('c2').length > 0);
  is('an ack of a conversation of which nothing is known is not told', told.join(), '');
  is('but asked about', asked('c2')[0]?.after, 0);
  is('while the send waits for no server any more', `${client.waiting} ${client.pendingOf('c2')[0]?.ack?.changeSeq}`, '0 52');
  const own = change('c2', 52, { message: { messageId: 'm', seq: 52, senderId: 'u1', clientMsgId: early.clientMsgId, mentions: ['u2'] } });
  server.say('changes', { conversationId: 'c2', items: [joined('c2', 50), change('c2', 51), own], headChangeSeq: 52, hasMore: false }, asked('c2')[0]?.id);
  await until(() => client.pendingOf('c2').length === 0);
  is('what it has overtaken is told before it', told.splice(0).join(), 'c2 50,c2 51,c2 52');
  const ack = await Promise.race([early.acked, pause(1_000)]);
  is('its ack is the server\'s', `${ack?.durability} ${ack?.replayed}`, 'buffered true');
  await until(() => delivered('c2').length > 0);
  is('and all of it has arrived', delivered('c2').join(), '52');

  const followed = client.send('c3', 'before the feed, which follows');
  await until(() => client.pendingOf('c3')[0]?.ack);
  server.say('member.joined', joined('c3', 50));
  server.say('message.new', change('c3', 51));
  await until(() => client.pendingOf('c3').length === 0);
  is('the feed needs no question', told.splice(0).join(), 'c3 50,c3 51,c3 52 own');
  is('and the send is confirmed', (await Promise.race([followed.acked, pause(1_000)]))?.changeSeq, 52);

  number = 300;
  client.send('c4', 'far behind what begins it');
  await until(() => asked('c4').length > 0);
  is('what is asked for is bounded', asked('c4')[0]?.after, 100);
  server.say('member.joined', joined('c4', 50));
  server.say('changes', { conversationId: 'c4', items: [change('c4', 101)], headChangeSeq: 300, hasMore: true }, asked('c4')[0]?.id);
  await until(() => asked('c4').length > 1);
  is('where the feed begins before that, it is asked for from there on', `${told.splice(0).join()} after ${asked('c4')[1]?.after}`, 'c4 50 after 50');
  server.say('changes', { conversationId: 'c4', items: [change('c4', 60), change('c4', 300)], headChangeSeq: 300, hasMore: false }, asked('c4')[1]?.id);
  await until(() => told.length > 1);
  is('and nothing is left out', told.splice(0).join(), 'c4 60,c4 300');

  number = 4;
  client.send('c1', 'in a conversation that is known');
  await until(() => delivered('c1').length > 0);
  is('there an ack is told at once', told.splice(0).join(), 'c1 4 own');
  // The server holds a receipt against what it has sent, which was less by then.
  server.say('message.new', change('c1', 4));
  await until(() => delivered('c1').length > 1);
  is('what comes again is confirmed again', delivered('c1').join(), '4,4');
  const refusedAt = now();
  server.say('error', { ...busy, retryAfterMs: 300 });
  await until(() => delivered('c1').length > 2);
  is('receipts that the server has no room for are said again', delivered('c1').join(), '4,4,4');
  is('when it wants to hear them', now() - refusedAt >= 300, true);
  const refusedAgainAt = now();
  server.say('error', { ...busy, retryAfterMs: 300 });
  server.say('message.new', change('c1', 5));
  await until(() => delivered('c1').length > 3);
  is('with what came meanwhile', `${delivered('c1').at(-1)} ${now() - refusedAgainAt >= 300}`, '5 true');
  client.close();

  globalThis.WebSocket = socketOfTheBrowser;
  globalThis.fetch = fetching;
  session.forget();
  return wrong;
};
