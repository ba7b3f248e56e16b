// Who is signed in, and every REST call. Promises: a call that comes back 401 is repeated once with a renewed token;
// a refused call throws a Problem that carries the server's own words; an unreachable server throws a Problem with status 0.

import { newId } from './ids.js';
import { ofThisTab, remembered } from './storage.js';

const CURRENT = 'parley.session';
const DEVICE = 'parley.device.';
const RENEW_AHEAD_MS = 30_000;
const REPLACED_WITHIN_MS = 1_000;
const REPLACED_LOOK_MS = 100;
/** A dead connection may take minutes to be noticed. */
const ANSWER_WITHIN_MS = 20_000;
const TURN_WITHIN_MS = 30_000;

/** What the server said when it refused (`application/problem+json`), or status 0 when nobody answered. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || (status === 0 ? 'The server cannot be reached.' : `The server answered ${status}.`));
    this.status = status;
    this.code = body.code || (status === 0 ? 'unreachable' : 'unknown');
    this.retryable = body.retryable ?? (status === 0 || status === 429 || status >= 500);
    this.retryAfterMs = body.retryAfterMs;
    this.scope = body.scope;
  }
}

/** Thrown by a renewal that the server refused: the user has to sign in again. */
export class SessionEnded extends Error {
  constructor(message = 'Your session has ended. Please sign in again.') { super(message); }
}

async function request(method, url, body, token) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response;
  let text;
  try {
    response = await fetch(url, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    text = await response.text();
  } catch (unreachable) {
    throw new Problem(0, {});
  }
  let parsed = {};
  try {
    parsed = text ? JSON.parse(text) : {};
  } catch (notJson) {
    // A proxy's error page; the status says enough.
  }
  if (!response.ok) throw new Problem(response.status, parsed);
  return parsed;
}

export class Session {
  #state = null;
  #renewal = null;
  /** To a tab that was made by duplicating this one, with a copy of its tokens. */
  #twins = globalThis.BroadcastChannel ? new BroadcastChannel('parley.session') : null;

  /** server: the server's root; by default where the page came from. */
  constructor(server = location.origin) {
    this.server = server;
    // This tab's own session wins over the remembered one, so that two users fit in one browser.
    this.#state = read(ofThisTab, CURRENT) ?? read(remembered, CURRENT);
    this.#twins?.addEventListener('message', ({ data: { former, tokens } }) => {
      if (!this.#state || this.#state.remember) return;
      // Where both have asked at once they have one token and two ids: of these both keep the lesser.
      const both = this.#state.refreshToken === tokens.refreshToken && tokens.renewalId < this.#state.renewalId;
      if (both || this.#state.refreshToken === former) this.#renewed(tokens);
    });
  }

  get signedIn() { return this.#state !== null; }
  get userId() { return this.#state.userId; }
  get deviceId() { return this.#state.deviceId; }
  get handle() { return this.#state.handle; }
  get displayName() { return this.#state.displayName || this.#state.handle; }

  /** A new account; signs nobody in. */
  async register(handle, password, displayName) {
    return this.#request('POST', '/v1/accounts', { handle, password, displayName: displayName || handle });
  }

  /** Takes over a session that was made elsewhere: what `POST /v1/sessions` answers. It lives as long as this tab. */
  adopt(answer) {
    this.#state = { handle: '', displayName: '', ...answer, renewalId: newId(), remember: false };
    this.#keep();
  }

  /** Signs in. The device of an earlier sign-in with this handle is kept: its cursors and its send keys stay valid. */
  async signIn(handle, password, remember) {
    const name = handle.trim().toLowerCase();
    const device = { name: deviceName() };
    const known = remembered.get(DEVICE + name);
    let answer;
    try {
      answer = await this.#request('POST', '/v1/sessions', { handle: name, password, device: known ? { ...device, deviceId: known } : device });
    } catch (problem) {
      if (!known || !['not_found', 'conflict', 'forbidden'].includes(problem.code)) throw problem;
      answer = await this.#request('POST', '/v1/sessions', { handle: name, password, device });  // the device was deleted meanwhile
    }
    remembered.set(DEVICE + name, answer.deviceId);
    this.#state = { ...pick(answer), userId: answer.userId, deviceId: answer.deviceId, handle: name, remember };
    this.#keep();
    try {
      const me = await this.get(`/v1/users/${encodeURIComponent(answer.userId)}`);
      this.#state = { ...this.#state, handle: me.handle, displayName: me.displayName };
      this.#keep();
    } catch (problem) {
      // The handle serves as the name until the next sign-in.
    }
  }

  /** Forgets the session here first, so that an unreachable server cannot keep anybody signed in. */
  async signOut() {
    const { accessToken: token, userId } = this.#state ?? {};
    if (userId && read(remembered, CURRENT)?.userId === userId && !read(ofThisTab, CURRENT)) remembered.remove(CURRENT);
    this.forget();
    if (token) await this.#request('DELETE', '/v1/sessions/current', undefined, token).catch(() => {});
  }

  /** The session has ended, or was given up, in this tab. */
  forget() {
    if (!this.#state) return;
    const { userId, accessToken } = this.#state;
    this.#state = null;
    const mine = read(ofThisTab, CURRENT);
    ofThisTab.remove(CURRENT);
    // Somebody may have signed in since in another tab, the same user too.
    const kept = read(remembered, CURRENT);
    if (!mine && kept?.userId === userId && kept.accessToken === accessToken) remembered.remove(CURRENT);
  }

  /** Calls back when another tab signs this remembered session out, or another user in; the answer takes the callback off. */
  onGone(callback) {
    const listener = (event) => {
      if (event.key !== CURRENT || !this.#state?.remember) return;
      if (read(remembered, CURRENT)?.userId !== this.#state.userId) callback();
    };
    addEventListener('storage', listener);
    return () => removeEventListener('storage', listener);
  }

  /**
   * Whether another tab has signed the same user in anew, or has renewed the tokens that are shared: `renew` takes them.
   * The server may have ended this session before that tab has heard of its own and kept it.
   */
  async isReplacedSoon() {
    for (const until = Date.now() + REPLACED_WITHIN_MS; Date.now() < until;) {
      if (!this.#state?.remember) return false;
      const shared = read(remembered, CURRENT);
      if (shared?.userId !== this.#state.userId) return false;
      if (shared.accessToken !== this.#state.accessToken) return true;
      await new Promise((looked) => setTimeout(looked, REPLACED_LOOK_MS));
    }
    return false;
  }

  get(path) { return this.#call('GET', path); }
  post(path, body) { return this.#call('POST', path, body); }
  patch(path, body) { return this.#call('PATCH', path, body); }
  put(path, body) { return this.#call('PUT', path, body); }
  delete(path) { return this.#call('DELETE', path); }

  /** A token that is good for at least half a minute. */
  async token() {
    const expires = Date.parse(this.#state?.expiresAt);
    if (Number.isFinite(expires) && expires - Date.now() < RENEW_AHEAD_MS) await this.renew();
    if (!this.#state) throw new SessionEnded();
    return this.#state.accessToken;
  }

  /** Renews the access token; callers at the same time share one renewal. Throws SessionEnded when the server refuses. */
  renew() {
    this.#renewal ??= this.#renewOnce().finally(() => { this.#renewal = null; });
    return this.#renewal;
  }

  async #renewOnce() {
    // Refresh tokens may be good for one use only: tabs that share a session take turns, and the second takes the first one's result.
    const work = async () => {
      if (!this.#state) throw new SessionEnded();
      const shared = read(this.#storage(), CURRENT);
      if (this.#state.remember && shared && shared.userId !== this.#state.userId) throw new SessionEnded();
      if (shared && shared.userId === this.#state.userId && shared.accessToken !== this.#state.accessToken) {
        this.#state = shared;
        return;
      }
      const state = this.#state;
      let answer;
      try {
        // With the same id as the last time the same answer, where that got lost, or where another tab has taken it.
        answer = await this.#request('POST', '/v1/sessions/refresh', { refreshToken: state.refreshToken, renewalId: state.renewalId });
      } catch (problem) {
        // In the server's own words only: a proxy that answers for it, while it starts for instance, ends nobody's session.
        if (['unauthenticated', 'bad_request'].includes(problem.code)) throw new SessionEnded();
        throw problem;
      }
      if (this.#state?.refreshToken !== state.refreshToken) {
        if (this.#state?.deviceId === state.deviceId) return;  // a twin was quicker, and this tab has heard of it
        throw new SessionEnded();  // signed out meanwhile
      }
      const tokens = pick(answer);
      this.#renewed(tokens);
      if (!state.remember) this.#twins?.postMessage({ former: state.refreshToken, tokens });
    };
    if (!navigator.locks) return work();
    return navigator.locks.request('parley.renew', { signal: AbortSignal.timeout(TURN_WITHIN_MS) }, work).catch((problem) => {
      if (!['TimeoutError', 'AbortError'].includes(problem.name)) throw problem;
      return work();  // the tab whose turn it is stands still; should it have asked, the same renewalId gets the same answer
    });
  }

  async #call(method, path, body) {
    const asker = this.#state?.userId;
    try {
      return await this.#request(method, path, body, await this.#tokenOf(asker));
    } catch (problem) {
      if (problem.status !== 401) throw problem;
      if (this.#state?.userId === asker) await this.renew();
      return this.#request(method, path, body, await this.#tokenOf(asker));
    }
  }

  /** While a call waited its user may have left and another have signed in: it must not be made, or repeated, in their name. */
  async #tokenOf(userId) {
    const token = await this.token();
    if (this.#state?.userId !== userId) throw new SessionEnded();
    return token;
  }

  #request(method, path, body, token) { return request(method, new URL(path, this.server), body, token); }

  /** The user has another name now. */
  renamed(displayName) {
    this.#state = { ...this.#state, displayName };
    this.#keep();
  }

  #renewed(tokens) {
    this.#state = { ...this.#state, ...tokens };
    this.#keep();
  }

  #storage() { return this.#state.remember ? remembered : ofThisTab; }

  #keep() {
    this.#storage().set(CURRENT, JSON.stringify(this.#state));
  }
}

function pick({ accessToken, expiresAt, refreshToken }) {
  return refreshToken ? { accessToken, expiresAt, refreshToken, renewalId: newId() } : { accessToken, expiresAt };
}

function read(storage, key) {
  try {
    return JSON.parse(storage.get(key));
  } catch (unreadable) {
    return null;
  }
}

function deviceName() {
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux'].find((word) => navigator.userAgent.includes(word));
  return system ? `Browser on ${system}` : 'Browser';
}
