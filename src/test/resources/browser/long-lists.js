// 10,000 messages and 2,000 conversations in the page's own lists; `lists` scrolls through them and says what was seen on the way.
async () => {
  const [{ Transcript }, { ConversationList }, { Conversation }] = await Promise.all(
    ['/transcript.js', '/list.js', '/conversation.js'].map((path) => import(path)));
  const body = (seq) => (seq % 4 ? { text: `Message ${seq} `.repeat(1 + (seq % 9)) }
    : { text: `Message **${seq}** with \`code\` and\n\n- a list\n- of https://example.org/${seq}`, format: 'markdown' });
  const message = (seq) => ({
    messageId: `m${seq}`, seq, changeSeq: seq, senderId: seq % 3 ? 'u1' : 'u2', clientMsgId: `k${seq}`, mentions: [],
    createdAt: new Date(Date.UTC(2026, 0, 1) + seq * 60_000).toISOString(), body: body(seq),
  });
  const conversations = Array.from({ length: 2_000 }, (_, index) => {
    const conversation = new Conversation(`c${index}`, 'u1');
    conversation.mergeInbox({
      conversation: { type: 'group', title: `Conversation ${index}`, memberCount: 2, role: 'member' }, headSeq: 1, readSeq: 1, unread: index % 5,
      lastMessage: message(index + 1),
    });
    return conversation;
  });
  const open = new Conversation('long', 'u1');
  open.describe({ type: 'group', title: 'Long', memberCount: 2, role: 'member' });
  open.newestPage({ items: Array.from({ length: 10_000 }, (_, index) => message(10_000 - index)), hasMore: false });
  const store = {
    me: 'u1', conversations, openConversation: open, inboxLoaded: true, hasMoreConversations: false,
    client: { typingIn: () => [], presenceOf: () => undefined }, user: () => ({}), nameOf: (userId) => `User ${userId}`, titleOf: ({ title }) => title,
    pendingOf: () => [], conversation: (id) => conversations.find((one) => one.id === id), moreConversations() {}, quoted: () => null,
  };
  document.getElementById('entry').hidden = true;
  document.getElementById('chat').hidden = document.getElementById('open').hidden = false;
  document.getElementById('nothing-open').hidden = true;
  const list = new ConversationList(store, () => {});
  const transcript = new Transcript(store, { reachedEnd() {} });
  list.draw();
  transcript.show(open, null);

  const seen = { rows: 0, conversations: 0, steady: true, longestFrameMs: 0 };
  const frame = () => new Promise((resolve) => {
    const before = performance.now();
    requestAnimationFrame(() => { seen.longestFrameMs = Math.max(seen.longestFrameMs, performance.now() - before); resolve(); });
  });
  const scroller = document.getElementById('scroller');
  const all = () => [...document.querySelectorAll('#messages .message')];
  const atTop = () => document.querySelector('[data-seq="1"]') !== null;
  await frame();
  globalThis.lists = {
    /** Up by what a hard turn of the wheel scrolls a frame, until the first message is there. */
    async messages() {
      for (let turn = 0; turn < 4_000 && !atTop(); turn++) {
        scroller.scrollTop -= 900;
        await frame();
        seen.rows = Math.max(seen.rows, document.querySelectorAll('#messages .message').length);
      }
      return { ...seen, top: atTop() };
    },
    async conversations() {
      const side = document.getElementById('list');
      for (side.scrollTop = 0; side.scrollTop + side.clientHeight < side.scrollHeight - 1; side.scrollTop += 2_000) {
        await frame();
        seen.conversations = Math.max(seen.conversations, document.querySelectorAll('.conversation').length);
      }
      return seen;
    },
    /** Whether the reader's message stays where it is while rows come in above and below. */
    async steady() {
      for (let turn = 0; turn < 10; turn++) {
        scroller.scrollTop += 700;
        await frame();
        const row = all().find((one) => one.getBoundingClientRect().bottom > scroller.getBoundingClientRect().top);
        const { top } = row.getBoundingClientRect();
        transcript.draw();
        await frame();
        await frame();
        seen.steady &&= Math.abs(row.getBoundingClientRect().top - top) < 2;
      }
      return seen;
    },
  };
};
