// One connection for all tabs of a device. The tab that holds the lock leads: it has the connection, sends for all and passes on
// what it hears. The others hear and speak through it; when it goes, the browser gives the lock to one of them, which connects
// with its own cursors. One that stands still (frozen, or behind an open dialog) does not answer; then another one, which the user has
// before their eyes, takes the lock away. Until it hears of that both may send: a send has its clientMsgId, and cursors only move forward.
// Where the browser has no Web Locks (a page over plain http on another machine) every tab leads itself.

import { Connection } from './connection.js';

const MOST_HELD = 2_000;
const PREPARE_AGAIN_MS = 2_000;
const ASK_EVERY_MS = 30_000;
const ANSWER_WITHIN_MS = 5_000;
/** Beside the document's visibility: the user may be back, or the network. */
const WAKES = ['online', 'focus', 'pageshow'];
/** What the server tells a device's other tabs of only by this one: told to those, too, that have connections of their own. */
const TOLD_TO_ALL = ['read', 'settings'];

export class Link {
  #session;
  #options;
  #handlers;
  #connection = null;
  #name;
  #channel = null;
  #shared = false;
  #release = null;
  #waitForLead = new AbortController();
  #asking = 0;
  #unanswered = 0;
  #state = 'idle';
  #detail = {};
  #prepared = false;
  #held = [];
  #retry = 0;
  #heardStates = 0;
  #wake = () => {
    if (document.visibilityState !== 'visible') return;
    if (this.leads) {
      this.#connection.wake();
      return;
    }
    this.post({ kind: 'wake' });
    this.#ask();
  };

  /**
   * handlers: {prepare(): Promise, hello(): object, frame(type, data, id), state(state, detail), posted(message): of another tab,
   * cursors(): object, caughtUp(cursors): what the leading tab has}
   */
  constructor(session, options, handlers) {
    this.#session = session;
    this.#options = options;
    this.#handlers = handlers;
    this.#name = `parley.${session.userId}.${session.deviceId}`;
  }

  get leads() { return this.#connection !== null; }
  get state() { return this.#state; }

  start() {
    for (const event of WAKES) addEventListener(event, this.#wake);
    document.addEventListener('visibilitychange', this.#wake);
    if (globalThis.BroadcastChannel) {
      this.#channel = new BroadcastChannel(this.#name);
      this.#channel.onmessage = ({ data }) => this.#heard(data);
    }
    this.#shared = Boolean(this.#options.shareTabs && navigator.locks && this.#channel);
    if (!this.#shared) {
      this.#lead();
      return;
    }
    this.#enter('connecting', {});
    this.#asking = setInterval(() => { if (document.visibilityState === 'visible') this.#ask(); }, ASK_EVERY_MS);
    this.#ask();
    this.#queue({ signal: this.#waitForLead.signal });
  }

  /** Leads when it has the lock, for as long as nobody takes it away. */
  #queue(how) {
    let own = null;
    navigator.locks.request(this.#name, how, () => {
      if (this.#state === 'ended') return undefined;
      this.#lead();
      own = this.#connection;
      return own && new Promise((resolve) => { this.#release = resolve; });
    }).catch(() => { if (own && own === this.#connection) this.#deposed(); });  // else it was stopped, or gave up its place in the queue
  }

  /** Asks the tab that leads how it is. */
  #ask() {
    if (!this.#shared || this.leads) return;
    this.#channel.postMessage({ kind: 'who' });
    const askedAt = performance.now();
    this.#unanswered ||= setTimeout(() => {
      this.#unanswered = 0;
      if (document.visibilityState !== 'visible') return;
      // Where this tab itself stood still, the answer waits behind this.
      if (performance.now() - askedAt > 2 * ANSWER_WITHIN_MS) this.#ask();
      else this.#steal();
    }, ANSWER_WITHIN_MS);
  }

  #answered() {
    clearTimeout(this.#unanswered);
    this.#unanswered = 0;
  }

  #steal() {
    this.#waitForLead.abort();
    this.#waitForLead = new AbortController();
    this.#queue({ steal: true });
  }

  /** This tab stood still, and another one leads. */
  #deposed() {
    this.#connection.stop();
    this.#connection = null;
    this.#release = null;
    this.#enter('connecting', {});
    this.#queue({ signal: this.#waitForLead.signal });
    this.#ask();
  }

  stop() {
    this.#heardStates++;
    for (const event of WAKES) removeEventListener(event, this.#wake);
    document.removeEventListener('visibilitychange', this.#wake);
    clearTimeout(this.#retry);
    clearInterval(this.#asking);
    this.#answered();
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
    this.#retryNoMore();
    this.#answered();
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
      case 'wake': this.#connection?.wake(); return;
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
    this.#answered();
    // That was for a tab that asked; this one has heard it, or waits to prepare.
    if (state === 'online' && (this.#state === 'online' || this.#retry)) return;
    const latest = ++this.#heardStates;
    this.#retryNoMore();
    if (state === 'ended') {
      // That was the other tab's session. This one may have another of the same device: it has its say when it leads.
      this.#enter('connecting', {});
      return;
    }
    if (state !== 'online') {
      this.#enter(state, detail);
      return;
    }
    let refused = null;
    await this.#handlers.prepare().catch((problem) => { refused = problem; });
    if (latest !== this.#heardStates || this.leads) return;  // it is otherwise by now
    if (refused) {
      // Not when all others do, which have heard the same.
      const waitMs = Math.max(refused.retryAfterMs ?? 0, PREPARE_AGAIN_MS) * (1 + Math.random());
      this.#retry = setTimeout(() => {
        this.#retry = 0;
        this.#follow({ state, detail, cursors });
      }, waitMs);
      return;
    }
    this.#prepared = true;
    for (const frame of this.#held.splice(0)) this.#handlers.frame(...frame);
    this.#handlers.caughtUp(cursors);
    this.#enter(state, detail);
  }

  #retryNoMore() {
    clearTimeout(this.#retry);
    this.#retry = 0;
  }

  #enter(state, detail) {
    this.#state = state;
    this.#detail = detail;
    this.#handlers.state(state, detail);
  }
}
