// One connection for all tabs of a device. The tab that holds the lock leads: it has the connection, sends for all and passes on
// what it hears. The others hear and speak through it; when it goes, the browser gives the lock to one of them, which connects
// with its own cursors. Where the browser has no Web Locks (a page over plain http on another machine) every tab leads itself.

import { Connection } from './connection.js';

const MOST_HELD = 2_000;
const PREPARE_AGAIN_MS = 2_000;
/** What the server tells a device's other tabs of only by this one: told to those, too, that have connections of their own. */
const TOLD_TO_ALL = ['read', 'settings'];

export class Link {
  #session;
  #options;
  #handlers;
  #connection = null;
  #channel = null;
  #shared = false;
  #release = null;
  #waitForLead = new AbortController();
  #state = 'idle';
  #detail = {};
  #prepared = false;
  #held = [];
  #retry = 0;
  #heardStates = 0;

  /**
   * handlers: {prepare(): Promise, hello(): object, frame(type, data, id), state(state, detail), posted(message): of another tab,
   * cursors(): object, caughtUp(cursors): what the leading tab has}
   */
  constructor(session, options, handlers) {
    this.#session = session;
    this.#options = options;
    this.#handlers = handlers;
  }

  get leads() { return this.#connection !== null; }
  get state() { return this.#state; }

  start() {
    const name = `parley.${this.#session.userId}.${this.#session.deviceId}`;
    if (globalThis.BroadcastChannel) {
      this.#channel = new BroadcastChannel(name);
      this.#channel.onmessage = ({ data }) => this.#heard(data);
    }
    this.#shared = Boolean(this.#options.shareTabs && navigator.locks && this.#channel);
    if (!this.#shared) {
      this.#lead();
      return;
    }
    this.#enter('connecting', {});
    this.#channel.postMessage({ kind: 'who' });
    navigator.locks.request(name, { signal: this.#waitForLead.signal }, () => {
      if (this.#state === 'ended') return undefined;
      this.#lead();
      return new Promise((resolve) => { this.#release = resolve; });
    }).catch(() => {});  // stopped before its turn came
  }

  stop() {
    this.#heardStates++;
    clearTimeout(this.#retry);
    this.#waitForLead.abort();
    this.#connection?.stop();
    this.#connection = null;
    this.#release?.();
    this.#channel?.close();
    this.#channel = null;
    this.#state = 'ended';
  }

  tryNow() {
    if (this.leads) this.#connection.tryNow();
    else this.post({ kind: 'tryNow' });
  }

  /** Hands a frame to the connection, wherever it is; false where there is none. */
  send(type, data, id) {
    if (this.leads) return this.#connection.send(type, data, id);
    if (this.#state !== 'online') return false;
    this.post({ kind: 'send', type, data, id });
    return true;
  }

  /** Tells the other tabs something. */
  post(message) { if (this.#shared || TOLD_TO_ALL.includes(message.kind)) this.#channel?.postMessage(message); }

  /** A frame of the leading tab's own making, for itself and the others. */
  relay(type, data, id) {
    this.post({ kind: 'frame', type, data, id });
    this.#handlers.frame(type, data, id);
  }

  #lead() {
    clearTimeout(this.#retry);
    this.#held = [];
    this.#connection = new Connection(this.#session, this.#options, {
      prepare: () => this.#handlers.prepare(),
      hello: () => this.#handlers.hello(),
      frame: (type, data, id) => this.relay(type, data, id),
      state: (state, detail) => {
        this.#enter(state, detail);
        this.#tell();
        if (state === 'ended') this.stop();
      },
    });
    this.#connection.start();
  }

  #tell() { this.post({ kind: 'state', state: this.#state, detail: this.#detail, cursors: this.#handlers.cursors() }); }

  #heard(message) {
    if (!this.#shared && !TOLD_TO_ALL.includes(message.kind)) return;
    switch (message.kind) {
      case 'who': if (this.leads) this.#tell(); return;
      case 'send': if (this.leads) this.#connection.send(message.type, message.data, message.id); return;
      case 'tryNow': this.#connection?.tryNow(); return;
      case 'state': if (!this.leads) this.#follow(message); return;
      case 'frame': if (!this.leads) this.#framed(message); return;
      default: this.#handlers.posted(message);
    }
  }

  /** A frame that comes before this tab knows where its conversations stand waits until it does. */
  #framed({ type, data, id }) {
    if (this.#prepared) this.#handlers.frame(type, data, id);
    else if (this.#held.length < MOST_HELD) this.#held.push([type, data, id]);
  }

  async #follow({ state, detail, cursors }) {
    const latest = ++this.#heardStates;
    clearTimeout(this.#retry);
    if (state === 'ended') {
      // That was the other tab's session. This one may have another of the same device: it has its say when it leads.
      this.#enter('connecting', {});
      return;
    }
    if (state !== 'online') {
      this.#enter(state, detail);
      return;
    }
    let prepared = true;
    await this.#handlers.prepare().catch(() => { prepared = false; });
    if (latest !== this.#heardStates || this.leads) return;  // it is otherwise by now
    if (!prepared) {
      this.#retry = setTimeout(() => this.#follow({ state, detail, cursors }), PREPARE_AGAIN_MS);
      return;
    }
    this.#prepared = true;
    for (const frame of this.#held.splice(0)) this.#handlers.frame(...frame);
    this.#handlers.caughtUp(cursors);
    this.#enter(state, detail);
  }

  #enter(state, detail) {
    this.#state = state;
    this.#detail = detail;
    this.#handlers.state(state, detail);
  }
}
