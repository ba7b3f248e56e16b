// The sends of all tabs in IndexedDB. Where the browser refuses it (some private windows) they live in memory: they go out
// all the same, but do not survive a reload.

const DATABASE = 'parley';
const STORE = 'sends';

export class Outbox {
  #userId;
  #opened = null;

  constructor(userId) { this.#userId = userId; }

  all() {
    return this.#run('readonly', (store) => store.getAll(IDBKeyRange.bound([this.#userId], [this.#userId, []])), []);
  }

  put(entry) { return this.#run('readwrite', (store) => store.put({ ...entry, userId: this.#userId })); }

  delete(clientMsgId) { return this.#run('readwrite', (store) => store.delete([this.#userId, clientMsgId])); }

  async #run(mode, work, fallback) {
    try {
      this.#opened ??= open(() => { this.#opened = null; });
      const database = await this.#opened;
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode);
        const request = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
    } catch (refused) {
      return fallback;
    }
  }
}

/** gone(): it has to be opened anew, as when the user cleared the browser's data, or a later version of the page wants to alter it. */
function open(gone) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ['userId', 'clientMsgId'] });
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = gone;
      database.onversionchange = () => { database.close(); gone(); };
      resolve(database);
    };
    request.onerror = () => { gone(); reject(request.error); };
  });
}
