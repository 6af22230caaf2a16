// The frame's own storage. In a third-party frame it may be denied (every access throws), so all of it
// is a convenience: what is kept here is gone with the page at worst.

/** String values by key, in localStorage where that is allowed, else in memory. */
export interface Store {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(prefix: string): string[];
}

/** Storage under a prefix of its own; `find` gives the real one and may throw. */
export function openStorage(prefix: string, find: () => Storage = () => localStorage): Store {
  const memory = new Map<string, string>();
  let real: Storage | undefined;
  try {
    real = find();
    real.getItem(prefix);
  } catch {
    real = undefined;
  }
  return {
    get: (key) => memory.get(key) ?? real?.getItem(prefix + key) ?? undefined,
    set(key, value) {
      memory.set(key, value);
      try {
        real?.setItem(prefix + key, value);
      } catch {
        // Full; memory has it.
      }
    },
    remove(key) {
      memory.delete(key);
      real?.removeItem(prefix + key);
    },
    keys: (start) =>
      [...new Set([...Object.keys(real ?? {}), ...Array.from(memory.keys(), (key) => prefix + key)])]
        .filter((key) => key.startsWith(prefix + start))
        .map((key) => key.slice(prefix.length)),
  };
}
