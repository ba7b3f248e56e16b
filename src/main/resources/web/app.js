// Wires the page: a session, and while somebody is signed in a store and a view on it.

import './theme.js';
import { byId } from './dom.js';
import { Entry } from './entry.js';
import { Session } from './sdk/index.js';
import { Store } from './store.js';
import { toast } from './toast.js';
import { View } from './view.js';

const session = new Session();
const entry = new Entry(session, enter);
let store = null;
let view = null;

function enter() {
  document.body.dataset.screen = 'chat';
  byId('entry').hidden = true;
  byId('chat').hidden = false;
  let entered = null;
  // The answer to a call of somebody who has left is none of theirs who are here now.
  const isHere = () => entered !== null && store === entered;
  entered = new Store(session, {
    changed: () => { if (isHere()) view?.changed(); },
    problem: (problem) => { if (isHere()) toast(problem); },
    message: (conversation, message) => { if (isHere()) view?.message(conversation, message); },
    atEnd: () => isHere() && Boolean(view?.atEnd),
    state: (state) => {
      if (!isHere()) return;
      view?.connection(state);
      if (state.state === 'ended') leave(state.message);
    },
  });
  store = entered;
  view = new View(store, session, () => { session.signOut(); leave(''); });
  store.start();
}

/** Back to the form. Unsent messages stay stored for the user's next sign-in on this device. */
function leave(message) {
  if (!store) return;
  store.stop();
  view.close();
  store = view = null;
  session.forget();
  history.replaceState(null, '', location.pathname);
  entry.show(message);
}

session.onGone(() => leave('You signed out in another tab.'));
if (session.signedIn) enter();
else entry.show('');
