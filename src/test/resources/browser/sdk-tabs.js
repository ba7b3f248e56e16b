// The SDK's tabs: what the one that leads says to the others, and who leads when it says nothing.
async () => {
  const { is, pause, until, wrong, Wire } = await import('/parts.js');
  const { DEFAULTS, ParleyClient, Problem, Session } = await import('/sdk/index.js');
  const { Link } = await import('/sdk/link.js');
  const { Outbox } = await import('/sdk/outbox.js');
  const { WebSocket: socketOfTheBrowser, fetch: fetching, setInterval, setTimeout } = globalThis;
  const { random } = Math;
  globalThis.WebSocket = Wire;
  globalThis.fetch = async () => new Response(JSON.stringify({ items: [] }));
  const session = new Session();
  session.adopt({ userId: 'u2', deviceId: 'd2', accessToken: 'a1', refreshToken: 'r1', expiresAt: '2999-01-01T00:00:00.000Z' });
  const quick = { ...DEFAULTS, transports: ['websocket'], firstWindowMs: 20, lastWindowMs: 20 };

  // What becomes of a send is what the server says of it, in every tab.
  let number = 0;
  Wire.server = {
    hello: (wire) => wire.greet({ c1: 0 }),
    frame: (wire, { t, id, d }) => {
      if (t !== 'message.send') return;
      const { conversationId, clientMsgId, body } = d;
      if (body.text === 'no') {
        wire.say('error', { status: 403, code: 'read_only', detail: 'You may only read.', retryable: false, scope: 'conversation' }, id);
        return;
      }
      const seq = ++number;
      const createdAt = '2026-01-01T00:00:00.000Z';
      const said = { conversationId, messageId: `m${seq}`, clientMsgId, seq, createdAt };
      if (body.text === 'told') {
        wire.say('message.new', {
          conversationId, changeSeq: seq, seq, at: createdAt, actorId: 'u2', message: { ...said, senderId: 'u2', senderDeviceId: 'd2', body, mentions: [] },
        });
      }
      wire.say('ack', { ...said, changeSeq: seq, durability: 'buffered', replayed: true }, id);
    },
  };
  const failed = [];
  const tab = (name) => {
    const client = new ParleyClient(session, quick);
    client.on('failed', (entry) => failed.push(`${name}: ${entry.failed}`));
    return client;
  };
  const first = tab('first');
  await first.connect();
  const second = tab('second');
  await second.connect();
  is('one of two tabs leads', `${first.leads} ${second.leads}`, 'true false');
  const no = second.send('c1', 'no');
  const problem = await Promise.race([no.acked.catch((refused) => refused), pause(20_000)]);
  is('a refusal is the server\'s', [problem?.status, problem?.code, problem?.retryable, problem?.scope, problem?.message].join(),
    '403,read_only,false,conversation,You may only read.');
  await until(() => failed.length > 1);
  const yes = await Promise.race([second.send('c1', 'yes').acked, pause(20_000)]);
  is('an ack is, too', `${yes?.seq} ${yes?.durability} ${yes?.replayed}`, '1 buffered true');
  const told = await Promise.race([second.send('c1', 'told').acked, pause(20_000)]);
  is('where the message itself is quicker nobody says what it does not', `${told?.seq} ${told?.durability} ${told?.replayed}`, '2 undefined undefined');
  const week = 8 * 24 * 3_600_000;
  await new Outbox('u2').put({ clientMsgId: 'old', conversationId: 'c1', body: { text: 'a week ago' }, deviceId: 'd2', at: Date.now() - week });
  const third = tab('third');
  await third.connect();
  is('each tab is told once what has failed, and what it finds out', failed.sort().join(),
    'first: You may only read.,second: You may only read.,third: Not confirmed for a week; it may have arrived.');
  for (const { clientMsgId } of third.pendingOf('c1')) third.discard(clientMsgId);
  await until(async () => (await new Outbox('u2').all()).length === 0 && first.pendingOf('c1').length === 0);
  const unanswered = second.request('sync', { conversationId: 'c1', after: 0 });
  first.close();
  const lost = await Promise.race([unanswered.catch(({ message }) => message), pause(20_000)]);
  is('what was asked through a tab that goes is lost with it', lost, 'The connection was lost.');
  for (const client of [third, second]) client.close();

  // A tab that follows: the test leads.
  const name = 'parley.u2.d2';
  const lead = (how = {}) => new Promise((leads) => {
    navigator.locks.request(name, how, () => new Promise((release) => { leads(release); })).catch(() => {});  // taken away
  });
  const hears = [];
  let answers = true;
  const leader = new BroadcastChannel(name);
  leader.onmessage = ({ data: { kind } }) => {
    hears.push(kind);
    if (kind === 'who' && answers) leader.postMessage({ kind: 'state', state: 'online', detail: {}, cursors: {} });
  };
  const heard = (kind) => hears.filter((one) => one === kind).length;
  const links = [];
  const follow = (more = {}) => {
    const link = new Link(session, quick, {
      prepare: async () => {}, hello: () => ({}), frame() {}, state() {}, caughtUp() {}, cursors: () => ({}), posted() {}, ...more,
    });
    links.push(link);
    link.start();
    return link;
  };

  let release = await lead();
  const states = [];
  const follower = follow({ state: (state) => states.push(state) });
  await until(() => follower.state === 'online');
  for (const [target, event] of [[document, 'visibilitychange'], [globalThis, 'online']]) {
    const before = heard('wake');
    target.dispatchEvent(new Event(event));
    await until(() => heard('wake') > before);
    is(`a tab that is looked at wakes the one that leads, at ${event}`, heard('wake'), before + 1);
  }
  await until(() => heard('who') > 2);
  await pause(50);
  is('what it hears again is no news', states.join(), 'connecting,online');
  follower.stop();

  const waits = [];
  Math.random = () => 0.5;
  globalThis.setTimeout = (work, ms, ...rest) => {
    const isRetry = ms === 6_000 || ms === 3_000;
    if (isRetry) waits.push(ms);
    return setTimeout(work, isRetry ? 20 : ms, ...rest);
  };
  let tries = 0;
  const unprepared = follow({
    prepare: async () => { if (++tries < 3) throw new Problem(503, { code: 'overloaded', ...(tries === 1 ? { retryAfterMs: 4_000 } : {}) }); },
  });
  await until(() => unprepared.state === 'online');
  globalThis.setTimeout = setTimeout;
  Math.random = random;
  is('a follower asks again when the server wants it, and not when all do', waits.join(), '6000,3000');
  unprepared.stop();

  // From here on an answer has one second and not five, and a question comes every fifth of a second.
  globalThis.setTimeout = (work, ms, ...rest) => setTimeout(work, ms >= 5_000 ? ms / 5 : ms, ...rest);
  globalThis.setInterval = (work, ms, ...rest) => setInterval(work, Math.min(ms, 200), ...rest);
  const patient = follow();
  let before = heard('who');
  await until(() => heard('who') > before + 8);
  is('a tab that follows asks again and again, and leaves the lead to who answers', `${heard('who') > before + 8} ${patient.leads}`, 'true false');
  answers = false;
  before = heard('who');
  await until(() => heard('who') > before);
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  await pause(1_500);
  is('one that nobody looks at leaves it to who does not, too', patient.leads, false);
  delete document.visibilityState;
  document.dispatchEvent(new Event('visibilitychange'));
  await until(() => patient.leads);
  is('one that is looked at takes it', patient.leads, true);
  const queued = (await navigator.locks.query()).pending.filter((lock) => lock.name === name);
  is('and gives up its place in the queue', queued.length, 0);
  release();
  patient.stop();
  Object.assign(globalThis, { setInterval, setTimeout });

  const robbed = follow();
  await until(() => robbed.state === 'online');
  const wire = Wire.last;
  const asked = wire.heard('ping').length;
  leader.postMessage({ kind: 'wake' });
  await until(() => wire.heard('ping').length > asked);
  is('it asks its connection when another one wakes', wire.heard('ping').length, asked + 1);
  wire.say('pong');
  answers = true;
  release = await lead({ steal: true });
  await until(() => !robbed.leads);
  is('who stood still leads no more', robbed.leads, false);
  is('has no connection', wire.closed, 1000);
  await until(() => robbed.state === 'online');
  is('follows', robbed.state, 'online');
  const sockets = Wire.all.length;
  release();
  await until(() => robbed.leads);
  is('and leads again when its turn comes', robbed.leads, true);
  await until(() => Wire.all.length > sockets);
  is('with a connection of its own', Wire.all.length > sockets, true);

  for (const link of links) link.stop();
  leader.close();
  Object.assign(globalThis, { WebSocket: socketOfTheBrowser, fetch: fetching });
  session.forget();
  return wrong;
};
