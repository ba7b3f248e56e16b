// What carries the frames: a WebSocket, or SockJS where a proxy lets no WebSocket through.

const FAILURES_BEFORE_CHANGE = 2;
const HEALTHY_WITHIN_MS = 5_000;

/** Which transport the next attempt takes. */
export class TransportChoice {
  #kinds;
  #server;
  #failures = 0;

  /** kinds: 'websocket' and 'sockjs' in the order in which they are tried. */
  constructor(kinds, server) {
    this.#kinds = [...kinds];
    this.#server = server;
  }

  get kind() { return this.#kinds[0]; }

  worked() { this.#failures = 0; }

  /**
   * The socket never opened, or carried nothing. Only a failure beside a server that answers HTTP counts: a proxy is in the way then,
   * and the other transport's turn comes. A server that is starting again refuses both.
   */
  async failed() {
    const signal = AbortSignal.timeout(HEALTHY_WITHIN_MS);
    const answer = await fetch(new URL('/healthz', this.#server), { cache: 'no-store', signal }).catch(() => null);
    this.#failures = answer?.ok ? this.#failures + 1 : 0;
    if (this.#failures < FAILURES_BEFORE_CHANGE) return;
    this.#failures = 0;
    this.#kinds.push(this.#kinds.shift());
  }
}

/** A new socket of this kind; its surface is that of a WebSocket. */
export async function openSocket(kind, server, sockJsTransports) {
  if (kind === 'websocket') return new WebSocket(new URL('/v1/ws', server).href.replace(/^http/, 'ws'));
  await sockJsScript(server);
  return new globalThis.SockJS(new URL('/v1/sockjs', server).href, null, { transports: sockJsTransports });
}

let script = null;

/** SockJS is fetched only where it is needed. */
function sockJsScript(server) {
  script ??= new Promise((resolve, reject) => {
    const element = document.createElement('script');
    element.src = new URL('/lib/sockjs.min.js', server).href;
    element.onload = resolve;
    element.onerror = () => { script = null; element.remove(); reject(new Error('no SockJS script')); };
    document.head.append(element);
  });
  return script;
}
