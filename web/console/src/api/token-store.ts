// Where a browser keeps its session between page loads: only the refresh token and whose it is.

export interface StoredSession {
  refreshToken: string;
  userId: string;
}

export interface TokenStore {
  read(): StoredSession | undefined;
  write(session: StoredSession): void;
  clear(): void;
  /** Calls back when another tab has changed what is stored. Returns how to stop. */
  onForeignChange(callback: () => void): () => void;
}

const KEY = "switchboard.session";

/**
 * Keeps the session in localStorage, where every tab sees the newest one. Where storage is denied
 * (it may throw on the mere access) the session lives in this tab's memory.
 */
export function browserTokenStore(open: () => Storage = () => window.localStorage): TokenStore {
  let memory: StoredSession | undefined;
  let storage: Storage | undefined;
  try {
    storage = open();
    storage.getItem(KEY);
  } catch {
    storage = undefined;
  }
  return {
    read: () => (storage ? parse(storage.getItem(KEY)) : memory),
    write(session) {
      memory = session;
      try {
        storage?.setItem(KEY, JSON.stringify(session));
      } catch {
        storage = undefined; // full or denied since: go on in memory
      }
    },
    clear() {
      memory = undefined;
      storage?.removeItem(KEY);
    },
    onForeignChange(callback) {
      const listen = (e: StorageEvent) => {
        if (e.key === KEY || e.key === null) callback();
      };
      window.addEventListener("storage", listen);
      return () => window.removeEventListener("storage", listen);
    },
  };
}

function parse(text: string | null): StoredSession | undefined {
  if (!text) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const { refreshToken, userId } = value as Partial<Record<string, unknown>>;
    if (typeof refreshToken !== "string" || typeof userId !== "string") return undefined;
    return { refreshToken, userId };
  } catch {
    return undefined;
  }
}
