// The sends of all tabs in IndexedDB. Where the browser refuses it (some private windows, no room left) they live in memory: they go
// out all the same, but do not survive a reload.

const DATABASE = 'parley';
const STORE = 'sends';
const TRIES = 2;

export class Outbox {
  #userId;
  #opened = null;

  constructor(userId) { this.#userId = userId; }

  async all() {
    return await this.#run('readonly', (store) => store.getAll(IDBKeyRange.bound([this.#userId], [this.#userId, []]))) ?? [];
  }

  /** Says whether it is kept. */
  async put(entry) {
    const key = await this.#run('readwrite', (store) => store.put({ ...entry, userId: this.#userId }));
    return key !== undefined;
  }

  delete(clientMsgId) { return this.#run('readwrite', (store) => store.delete([this.#userId, clientMsgId])); }

  /**
   * undefined where the browser refuses. Once more in a database that is opened anew: the user may have cleared the browser's data, a
   * later version of the page may have wanted to alter it, or the browser closed it for reasons of its own.
   */
  async #run(mode, work) {
    for (let tries = 0; tries < TRIES; tries++) {
      const opened = (this.#opened ??= open());
      try {
        return await transact(await opened, mode, work);
      } catch (refused) {
        if (this.#opened === opened) this.#opened = null;
      }
    }
    return undefined;
  }
}

function transact(database, mode, work) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ['userId', 'clientMsgId'] });
    request.onsuccess = () => {
      const database = request.result;
      database.onversionchange = () => database.close();
      resolve(database);
    };
    request.onerror = () => reject(request.error);
  });
}
