// A device under test: the SDK with little patience, and a record of what it shows.

import { ParleyClient, Session } from '/sdk/index.js';

const device = { shown: [], acked: 0, ended: false };
globalThis.device = device;
let client = null;

device.connect = (transport) => {
  const session = new Session();
  session.adopt({
    userId: 'u1', deviceId: 'd1', accessToken: 'a1', refreshToken: 'r1', expiresAt: '2999-01-01T00:00:00.000Z',
  });
  client = new ParleyClient(session, {
    transports: transport === 'websocket' ? ['websocket'] : ['sockjs'], sockJsTransports: [transport],
    shareTabs: false, answerWithinMs: 2_000, firstWindowMs: 20, lastWindowMs: 100, gapWaitMs: 60, collectReceiptsMs: 20,
  });
  client.on('change', ({ changeSeq }) => device.shown.push(changeSeq));
  client.on('state', ({ state }) => { device.ended ||= state === 'ended'; });
  return client.connect();
};
device.send = (text) => { client.send('c1', text).acked.then(() => device.acked++); };
