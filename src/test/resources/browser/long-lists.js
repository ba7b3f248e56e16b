// 10,000 messages and 2,000 conversations in the page's own lists, scrolled through; says what was on the page and how long frames took.
async () => {
  const [{ Transcript }, { ConversationList }, { Conversation }] = await Promise.all(
    ['/transcript.js', '/list.js', '/conversation.js'].map((path) => import(path)));
  const message = (seq) => ({
    messageId: `m${seq}`, seq, changeSeq: seq, senderId: seq % 3 ? 'u1' : 'u2', clientMsgId: `k${seq}`, mentions: [],
    createdAt: new Date(Date.UTC(2026, 0, 1) + seq * 60_000).toISOString(), body: { text: `Message ${seq} `.repeat(1 + (seq % 9)) },
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
  open.addPage(Array.from({ length: 10_000 }, (_, index) => message(10_000 - index)), false, true);
  const store = {
    me: 'u1', conversations, openConversation: open, inboxLoaded: true, hasMoreConversations: false,
    client: { typingIn: () => [], presenceOf: () => undefined }, nameOf: (userId) => `User ${userId}`, titleOf: ({ title }) => title,
    pendingOf: () => [], conversation: (id) => conversations.find((one) => one.id === id), moreConversations() {}, loadOlder() {},
    quoted: () => null,
  };
  document.getElementById('entry').hidden = true;
  document.getElementById('chat').hidden = document.getElementById('open').hidden = false;
  document.getElementById('nothing-open').hidden = true;
  const list = new ConversationList(store, () => {});
  const transcript = new Transcript(store, {});
  list.draw();
  transcript.show(open, null);

  let longest = 0;
  const frame = () => new Promise((resolve) => {
    const before = performance.now();
    requestAnimationFrame(() => { longest = Math.max(longest, performance.now() - before); resolve(); });
  });
  const scroller = document.getElementById('scroller');
  const rows = () => document.querySelectorAll('#messages .message').length;
  const firstInView = () => [...document.querySelectorAll('#messages .message')].find((row) => row.getBoundingClientRect().bottom > scroller.getBoundingClientRect().top);
  let most = rows();
  let steady = true;
  for (let turn = 0; turn < 4_000 && !document.querySelector('[data-seq="1"]'); turn++) {
    scroller.scrollTop -= 900;
    await frame();
    const row = firstInView();
    const top = row.getBoundingClientRect().top;
    transcript.draw();
    steady &&= Math.abs(row.getBoundingClientRect().top - top) < 2;
    most = Math.max(most, rows());
  }
  const side = document.getElementById('list');
  let conversationsMost = 0;
  for (side.scrollTop = 0; side.scrollTop + side.clientHeight < side.scrollHeight - 1; side.scrollTop += 2_000) {
    await frame();
    conversationsMost = Math.max(conversationsMost, document.querySelectorAll('.conversation').length);
  }
  return { rows: most, conversations: conversationsMost, top: document.querySelector('[data-seq="1"]') !== null, steady, longestFrameMs: Math.round(longest) };
};
