// The browser's storage; where that is blocked or full, memory: what is kept there lives as long as the page.

function over(storage) {
  const memory = new Map();
  return {
    get(key) {
      if (memory.has(key)) return memory.get(key);
      try {
        return storage().getItem(key);
      } catch (blocked) {
        return null;
      }
    },
    set(key, value) {
      try {
        storage().setItem(key, value);
        memory.delete(key);
      } catch (blockedOrFull) {
        memory.set(key, value);
      }
    },
    remove(key) {
      memory.delete(key);
      try {
        storage().removeItem(key);
      } catch (blocked) {
        // Nothing was kept there.
      }
    },
  };
}

/** Of all tabs, and of the next time. */
export const remembered = over(() => localStorage);

/** Of this tab. */
export const ofThisTab = over(() => sessionStorage);
