// Reads the history of conversations by pages: the newest, older and newer ones as the reader scrolls, and those around a place far
// away. What is loaded of a conversation is always one stretch without a hole.

const PAGE = 50;
const LARGEST_PAGE = 100;
const HOLE_WAIT_MS = 300;
const HOLE_TRIES = 5;
/** Further than this one does not read all that lies in between. */
const FAR = 300;

export class History {
  #rest;
  #hooks;

  /**
   * rest: the SDK's; hooks: {changed(conversationId), guard(work, otherwise, quietly): tells of its
   * faults, seen(): the newest page is there, missing(conversation, problem): it did not come}
   */
  constructor(rest, hooks) {
    this.#rest = rest;
    this.#hooks = hooks;
  }

  /** quietly: nobody asks for it this time, and that it does not come has been told before. */
  async newest(conversation, quietly = false) {
    const { history } = conversation;
    let problem = null;
    const read = () => this.#page(conversation, { limit: PAGE }).catch((fault) => {
      problem = fault;
      throw fault;
    });
    await this.#load(conversation, read, (page) => {
      conversation.newestPage(page);
      this.#reached(conversation);
    }, quietly);
    if (problem && conversation.history === history) this.#hooks.missing(conversation, problem);
  }

  /** Back from a place far away. */
  toNewest(conversation) {
    conversation.unload();
    return this.newest(conversation);
  }

  older(conversation, limit = PAGE) {
    const [oldest] = conversation.messages;
    if (!oldest || !conversation.history.hasMore) return undefined;
    return this.#load(conversation, () => this.#page(conversation, { before: oldest.changeSeq, limit }), (page) => conversation.olderPage(page));
  }

  newer(conversation) {
    const newest = conversation.messages.at(-1);
    if (!newest || !conversation.hasNewer) return undefined;
    return this.#load(conversation, () => this.#page(conversation, { after: newest.changeSeq, limit: PAGE }), (page) => {
      conversation.newerPage(page);
      this.#reached(conversation);
    });
  }

  /** The newest message may be among what is loaded now. */
  #reached(conversation) {
    if (conversation.hasNewer) return;
    this.fill(conversation);
    this.#hooks.seen();
  }

  /** Loads the message with this seq, and what is around it; false where that does not come about. */
  async back(conversation, seq, changeSeq) {
    const { history } = conversation;
    if (!history.loaded) return false;
    if (conversation.has(seq)) return true;
    if (seq > history.floorSeq || history.floorSeq - seq > FAR) {
      const place = changeSeq ?? await this.#find(conversation, (message) => message.seq >= seq);
      return place != null && this.around(conversation, place);
    }
    while (!conversation.has(seq) && conversation.history.hasMore) {
      const before = conversation.history.floorSeq;
      await this.older(conversation, LARGEST_PAGE);
      if (conversation.history.floorSeq === before) return false;
    }
    return true;
  }

  /** The first message of this moment or later, loaded with what is around it; null where there is none, undefined where it did not come. */
  async firstSince(conversation, time) {
    const place = await this.#find(conversation, ({ createdAt }) => Date.parse(createdAt) >= time);
    if (place === null) return null;
    if (place === undefined || !await this.around(conversation, place)) return undefined;
    return conversation.messages.find(({ changeSeq }) => changeSeq >= place) ?? null;
  }

  /** What is loaded from now on is the stretch around this change, unless it is among what is loaded already. */
  async around(conversation, changeSeq) {
    const { messages } = conversation;
    if (messages.length > 0 && messages[0].changeSeq <= changeSeq && messages.at(-1).changeSeq >= changeSeq) return true;
    let there = false;
    const read = () => Promise.all([this.#page(conversation, { before: changeSeq, limit: PAGE }),
      this.#page(conversation, { after: changeSeq - 1, limit: PAGE })]);
    await this.#load(conversation, read, ([older, newer]) => {
      conversation.stretch(older, newer);
      there = true;
      this.#reached(conversation);
    });
    return there;
  }

  /**
   * The changeSeq of the first message that is far enough: halves what is left until a page holds it. Null where there is none,
   * undefined where the server did not say. `enough` has to stay true once it is; times nearly do, and a clock that was set back costs
   * no more than a place a little off.
   */
  #find(conversation, enough) {
    return this.#hooks.guard(async () => {
      let low = 0;  // everything up to here is not far enough
      let high = conversation.headChangeSeq + 1;
      while (high - low > LARGEST_PAGE) {
        const middle = Math.floor((low + high) / 2);
        const [message] = (await this.#page(conversation, { before: middle + 1, limit: 1 })).items;
        if (message && enough(message)) high = message.changeSeq;
        else low = middle;
      }
      for (;;) {  // a page of long messages may have fewer than it was asked for
        const { items, hasMore } = await this.#page(conversation, { after: low, limit: LARGEST_PAGE });
        const found = items.find(enough);
        if (found || !hasMore || items.length === 0) return found?.changeSeq ?? null;
        low = items.at(-1).changeSeq;
      }
    });
  }

  #page(conversation, range) { return this.#rest.messages(conversation.id, range); }

  /** One at a time. What failed is tried again by the reader, or by who hears that it is missing. */
  async #load(conversation, read, take, quietly = false) {
    const { history } = conversation;
    if (history.loading) return;
    Object.assign(history, { loading: true, failed: true, quiet: quietly });
    this.#hooks.changed(conversation.id);
    await this.#hooks.guard(async () => {
      const pages = await read();
      history.failed = false;
      if (conversation.history === history) take(pages);  // else it has begun anew meanwhile
    }, undefined, quietly);
    Object.assign(history, { loading: false, quiet: false });
    this.#hooks.changed(conversation.id);
  }

  /**
   * A page of history may have been read just before a live message began: seq is dense, so a hole shows. So does what the list
   * told first: the SDK goes on behind what a page of the list has said.
   */
  async fill(conversation) {
    const { history } = conversation;
    if (!history.loaded || history.filling) return;
    history.filling = true;
    for (let tries = 1; tries <= HOLE_TRIES && conversation.history === history; tries++) {
      const before = conversation.beforeHole;
      if (before === null) break;
      await new Promise((resolve) => setTimeout(resolve, HOLE_WAIT_MS * tries));
      if (conversation.history !== history || conversation.beforeHole !== before) continue;
      try {
        const { items } = await this.#page(conversation, { after: before, limit: LARGEST_PAGE });
        if (conversation.history === history) conversation.addMissing(items);
        this.#hooks.changed(conversation.id);
      } catch (problem) {
        break;  // the next opening tries again
      }
    }
    history.filling = false;
  }
}
