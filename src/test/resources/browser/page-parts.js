// Parts of the page by themselves: what they make of a text, a name, a date, a key.
async () => {
  const names = ['drafts', 'entries', 'conversation', 'markdown', 'dom', 'keys'];
  const { Drafts, Entries, Conversation, render, briefly, arrange, el, composing } = Object.assign(
    {}, ...await Promise.all(names.map((name) => import(`/${name}.js`))));
  const wrong = [];
  const is = (what, found, wanted) => { if (found !== wanted) wrong.push(`${what}: ${found} instead of ${wanted}`); };

  const linked = (text) => {
    const holder = el('div', {}, render({ text }, () => ''));
    is('no word is lost', holder.textContent, text);
    return [...holder.querySelectorAll('a')].map((link) => link.getAttribute('href')).join(' ');
  };
  for (const [text, wanted] of [
    ['see https://example.org/a.', 'https://example.org/a'],
    ['(see https://example.org/a)', 'https://example.org/a'],
    ['(see https://example.org/a).', 'https://example.org/a'],
    ['https://example.org/Engine_(analytical)', 'https://example.org/Engine_(analytical)'],
    ['(https://example.org/Engine_(analytical))!', 'https://example.org/Engine_(analytical)'],
    ['[https://example.org/a[1]], https://example.org/{b}', 'https://example.org/a[1] https://example.org/{b}'],
    ['https://example.org/a)b', 'https://example.org/a)b'],
  ]) is(text, linked(text), wanted);

  const now = new Date();
  const lastYear = new Date(now.getFullYear() - 1, 0, 5);
  is('a day of another year says which', briefly(lastYear).includes(String(lastYear.getFullYear())), true);
  const otherDay = new Date(now.getFullYear(), now.getMonth() === 0 ? 1 : 0, 5);
  is('one of this year does not', briefly(otherDay).includes(String(now.getFullYear())), false);

  is('a key of an input method', composing({ isComposing: true, keyCode: 13 }), true);
  is('one that Safari tells after its end', composing({ isComposing: false, keyCode: 229 }), true);
  is('a key of nobody else', composing({ isComposing: false, keyCode: 13 }), false);

  const drafts = new Drafts('u1');
  const quote = { messageId: 'm1', name: 'Grace', text: 'Lunch?' };
  const kept = (text, replyTo = null) => {
    drafts.set('c1', { text, replyTo });
    return JSON.stringify(drafts.get('c1'));
  };
  is('a draft', kept('Yes'), JSON.stringify({ text: 'Yes', replyTo: null }));
  is('one with what it answers', kept('Yes', quote), JSON.stringify({ text: 'Yes', replyTo: quote }));
  is('none', kept(''), JSON.stringify({ text: '', replyTo: null }));
  is('none is kept', localStorage.getItem('parley.draft.u1.c1'), null);
  for (const old of ['plain words', '{"text": 1}', '"quoted"', 'null', '7', '{']) {
    localStorage.setItem('parley.draft.u1.c1', old);
    is('one of an earlier version', drafts.get('c1').text, old);
  }
  localStorage.removeItem('parley.draft.u1.c1');

  const asked = new Set();
  const nameOf = (userId) => { asked.add(userId); return userId; };
  const entries = new Entries({ me: 'me', nameOf, user: () => ({}), quoted: () => null });
  const reacted = (users) => {
    asked.clear();
    const message = { messageId: 'm1', senderId: 'u0', createdAt: now.toISOString(), body: { text: 'Hello' }, seq: 1, changeSeq: 1, reactions: { '👍': users } };
    return entries.sent(new Conversation('c1', 'me'), message).reactors['👍'];
  };
  const many = Array.from({ length: 799 }, (_, index) => `u${index + 1}`);
  is('few who reacted', reacted(['u1', 'me']), 'u1, you');
  is('one more than are named', reacted(many.slice(0, 9)), 'u1, u2, u3, u4, u5, u6, u7, u8 and 1 other');
  is('many', reacted([...many, 'me']), 'u1, u2, u3, u4, u5, u6, u7, you and 792 others');
  is('of whom no more are asked for than are named', asked.size, 8);

  const list = el('ul', {}, ...['a', 'b', 'c'].map((id) => el('li', { data: { id } }, el('button', { text: id }))));
  const [first, second, third] = list.children;
  document.body.append(list);
  third.firstChild.focus();
  arrange(list, [third, first, second]);
  is('a row that moves', [...list.children].map(({ dataset }) => dataset.id).join(), 'c,a,b');
  is('keeps the focus', document.activeElement, third.firstChild);
  list.remove();
  return wrong;
};
