// Events by name. A listener that throws is reported to the console like any script error and disturbs no other.

export class Events {
  #listeners = new Map();

  /** Calls `listener(value)` at every event of this name; the answer takes it off again. */
  on(name, listener) {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => { listeners.delete(listener); };
  }

  emit(name, value) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        listener(value);
      } catch (fault) {
        reportError(fault);
      }
    }
  }
}
