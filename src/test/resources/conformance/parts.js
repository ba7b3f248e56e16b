// What the tests of the SDK's parts have in common: findings that are gathered, waits for conditions, and a server inside the page.

const { setTimeout } = globalThis;  // a test may put its own in place
const now = performance.now.bind(performance);
const PATIENCE_MS = 20_000;

/** What was not as it should be. */
export const wrong = [];

export function is(what, found, wanted) {
  if (found !== wanted) wrong.push(`${what}: ${found} instead of ${wanted}`);
}

export function pause(ms) { return new Promise((resolve) => { setTimeout(resolve, ms); }); }

/** Waits for a condition, which may be a promise's; the check that follows says what did not come. */
export async function until(condition) {
  for (const end = now() + PATIENCE_MS; !(await condition()) && now() < end;) await pause(10);
}

/** kept, the code of the problem, or neither. */
export function outcome(promise) {
  return Promise.race([promise.then(() => 'kept', (problem) => problem.code ?? problem.constructor.name), pause(PATIENCE_MS).then(() => 'neither')]);
}

/** In the WebSocket's place: the test is at its other end. */
export class Wire {
  static all = [];
  /** hello(wire) and frame(wire, frame): what the server does then. */
  static server = {};
  /** What the client has said here, and with which code it has closed. */
  said = [];
  closed = 0;

  constructor() {
    Wire.all.push(this);
    pause(0).then(() => this.onopen?.());
  }

  /** The latest. */
  static get last() { return Wire.all.at(-1); }

  send(text) {
    const frame = JSON.parse(text);
    this.said.push(frame);
    queueMicrotask(() => {  // an answer takes its time
      if (frame.t === 'hello') Wire.server.hello(this);
      else Wire.server.frame?.(this, frame);
    });
  }

  close(code) { this.closed = code; }

  say(t, d = {}, id = undefined) { this.onmessage?.({ data: JSON.stringify({ t, id, d }) }); }

  /** The server, or what lies before it, closes it. */
  end(code) { this.onclose?.({ code, reason: '' }); }

  welcome(heartbeatMs = 60_000) { this.say('welcome', { heartbeatMs }); }

  /** Welcomes the device, which then has nothing to catch up with. */
  greet(heads = {}) {
    this.welcome();
    this.say('sync.end', { heads });
  }

  /** The data of what it has been told of this type. */
  heard(type) { return this.said.filter(({ t }) => t === type).map(({ d }) => d); }
}
