// The socket: opens, says hello, beats, and comes back by itself. It knows frames and close codes, not what they mean to a chat.
//
// States, told to `state(state, detail)`: connecting, syncing (welcome seen, fence open), online (fence closed),
// waiting (detail.until: when the next attempt starts), ended (detail.message: why it will not come back).

import { SessionEnded } from './session.js';
import { TransportChoice, openSocket } from './transport.js';

const RENEWALS_IN_A_ROW = 3;

export class Connection {
  #session;
  #options;
  #handlers;
  #transport;
  #socket = null;
  #state = 'idle';
  #attempt = 0;
  #serverWindowMs = 0;
  #notBefore = 0;
  #renewals = 0;
  #revoked = '';
  #closing = null;
  #beatMs = 0;
  #timers = { retry: 0, open: 0, beat: 0, pong: 0 };
  #offline = () => { if (this.#socket) this.#lost(this.#socket, true, 1006, ''); };

  /** handlers: {prepare(): Promise, before each attempt; hello(): object, frame(type, data, id), state(state, detail)} */
  constructor(session, options, handlers) {
    this.#session = session;
    this.#options = options;
    this.#handlers = handlers;
    this.#transport = new TransportChoice(options.transports, session.server);
    // Without a network a socket may take minutes to notice; the user is told at once.
    addEventListener('offline', this.#offline);
  }

  get state() { return this.#state; }

  start() { this.#open(); }

  /** Ends for good, e.g. when the user signs out. */
  stop() {
    removeEventListener('offline', this.#offline);
    this.#abandon(1000);
    this.#state = 'ended';
  }

  tryNow() {
    if (this.#state !== 'waiting') return;
    clearTimeout(this.#timers.retry);
    this.#open();
  }

  /** The user or the network is back: waits no more, unless the server wants it, and finds out whether the socket died meanwhile. */
  wake() {
    if (performance.now() >= this.#notBefore) this.tryNow();
    if (this.#state === 'online' || this.#state === 'syncing') this.#ping();
  }

  /** Sends a frame if the handshake is done; says whether it was handed to the socket (which promises nothing more). */
  send(type, data, id) {
    if (this.#state !== 'online' && this.#state !== 'syncing') return false;
    this.#write(type, data, id);
    return true;
  }

  #write(type, data, id) {
    const frame = { t: type };
    if (id !== undefined) frame.id = id;
    if (data !== undefined) frame.d = data;
    this.#socket.send(JSON.stringify(frame));
  }

  async #open() {
    this.#enter('connecting');
    this.#revoked = '';
    this.#closing = null;
    let socket;
    try {
      await this.#session.token();
      await this.#handlers.prepare();
      if (this.#state !== 'connecting') return;
      socket = await openSocket(this.#transport.kind, this.#session.server, this.#options.sockJsTransports);
    } catch (problem) {
      if (this.#state !== 'connecting') return;
      if (problem instanceof SessionEnded) {
        this.#end(problem.message);
      } else {
        this.#toldToWait(problem);
        this.#retry();
      }
      return;
    }
    if (this.#state !== 'connecting') { socket.close(); return; }
    this.#socket = socket;
    // A proxy may let a socket open and then hold back what goes through it.
    let carries = false;
    this.#timers.open = setTimeout(() => this.#lost(socket, carries, 1006, ''), this.#options.openWithinMs);
    socket.onopen = async () => {
      clearTimeout(this.#timers.open);
      this.#timers.open = setTimeout(() => this.#lost(socket, carries, 1006, ''), this.#options.welcomeWithinMs);
      try {
        const token = await this.#session.token();
        if (this.#socket === socket) this.#write('hello', { token, ...this.#handlers.hello() });
      } catch (problem) {
        this.#toldToWait(problem);
        this.#lost(socket, true, problem instanceof SessionEnded ? 4100 : 1006, '');
      }
    };
    socket.onmessage = (event) => {
      carries = true;
      if (this.#socket === socket) this.#receive(event.data);
    };
    socket.onclose = (event) => this.#lost(socket, carries, this.#closing?.code ?? event.code, this.#closing?.reason ?? event.reason);
  }

  #receive(text) {
    if (this.#timers.pong) this.#beat();
    const frame = JSON.parse(text);
    const data = frame.d ?? {};
    switch (frame.t) {
      case 'welcome':
        clearTimeout(this.#timers.open);
        this.#transport.worked();
        this.#renewals = 0;
        this.#serverWindowMs = 0;
        this.#beatMs = data.heartbeatMs || 25_000;
        this.#beat();
        this.#enter('syncing');
        break;
      case 'server.draining':
        this.#serverWindowMs = data.reconnectAfterMs ?? 0;
        return;
      case 'session.revoked':
        this.#revoked = data.reason || 'revoked';
        return;
      case 'reauth':
        this.#reauth();
        return;
      case 'closing':
        // SockJS cannot carry our close codes, so its last frame says them.
        this.#closing = data;
        return;
      case 'pong':
        return;
      case 'error':
        // One of no request, before the fence is closed, is about the connection; the close code that follows decides.
        if (this.#state !== 'online' && frame.id === undefined) this.#toldToWait(data);
        if (this.#state === 'connecting') return;
        break;
      default:
    }
    this.#handlers.frame(frame.t, data, frame.id);
    if (frame.t === 'sync.end' && this.#state === 'syncing') {
      this.#attempt = 0;
      this.#enter('online');
    }
  }

  /** The token is about to end: brings a new one, and nothing else changes. */
  async #reauth() {
    const socket = this.#socket;
    try {
      await this.#session.renew();
      const token = await this.#session.token();
      if (this.#socket === socket) this.#write('reauth', { token });
    } catch (notRenewed) {
      // The server closes with 4100 when the time is over, and then it is tried again.
    }
  }

  /** The next ping. It is set when a frame comes: timers that set timers a hidden tab is given once a minute. */
  #beat() {
    this.#clear('pong', 'beat');
    this.#timers.beat = setTimeout(() => this.#ping(), this.#beatMs);
  }

  #ping() {
    if (this.#timers.pong) return;  // one is under way
    this.#clear('beat');
    const socket = this.#socket;
    this.#write('ping');
    this.#timers.pong = setTimeout(() => this.#lost(socket, true, 4008, ''), this.#options.pongWithinMs);
  }

  /**
   * One end for every way a socket can go; a second call about the same socket does nothing. carries: it is not the transport's fault.
   */
  async #lost(socket, carries, code, reason) {
    if (this.#socket !== socket) return;
    this.#abandon(code === 4008 ? 4008 : 1000);
    const over = code >= 4200 && code < 4300;
    if (over) {
      this.#enter('connecting');
      const replaced = await this.#session.isReplacedSoon();
      if (this.#state !== 'connecting') return undefined;
      if (!replaced) return this.#end(ending(code, this.#revoked || reason));
    }
    if (over || (code >= 4100 && code < 4200)) return this.#renewThenRetry();
    if (!carries && !(code >= 4000 && code < 4100)) {
      this.#enter('connecting');
      await this.#transport.failed();
      if (this.#state !== 'connecting') return undefined;
    }
    return this.#retry();
  }

  async #renewThenRetry() {
    this.#enter('connecting');
    if (++this.#renewals > RENEWALS_IN_A_ROW) return this.#end('The server does not accept this session. Please sign in again.');
    try {
      await this.#session.renew();
    } catch (problem) {
      if (problem instanceof SessionEnded) return this.#end(problem.message);
      this.#toldToWait(problem);
    }
    return this.#state === 'connecting' ? this.#retry() : undefined;
  }

  /** The server does not want to be asked for so long. */
  #toldToWait({ retryAfterMs = 0 }) { this.#notBefore = Math.max(this.#notBefore, performance.now() + retryAfterMs); }

  /** Full jitter: any moment of a window that doubles, or of the window that the server gave; but not before it wants to be asked. */
  #retry() {
    const own = Math.min(this.#options.lastWindowMs, this.#options.firstWindowMs * 2 ** this.#attempt);
    const least = Math.max(0, this.#notBefore - performance.now());
    const delay = least + Math.random() * (this.#serverWindowMs > 0 ? this.#serverWindowMs : own);
    this.#attempt++;
    this.#serverWindowMs = 0;
    this.#enter('waiting', { until: Date.now() + delay });
    this.#timers.retry = setTimeout(() => this.#open(), delay);
  }

  #end(message) {
    this.stop();
    this.#handlers.state('ended', { message });
  }

  #abandon(code) {
    this.#clear(...Object.keys(this.#timers));
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    // Closing a dead socket may take minutes to be reported; its later events no longer count.
    socket.onopen = socket.onmessage = socket.onclose = null;
    try {
      socket.close(code);
    } catch (alreadyClosed) {
      // Nothing left to close.
    }
  }

  #clear(...names) {
    for (const name of names) {
      clearTimeout(this.#timers[name]);
      this.#timers[name] = 0;
    }
  }

  #enter(state, detail = {}) {
    this.#state = state;
    this.#handlers.state(state, detail);
  }
}

function ending(code, reason) {
  const why = reason ? ` (${reason})` : '';
  return code === 4200 ? `You were signed out${why}.` : `The server ended this session${why}. Please sign in again.`;
}
