// The other tabs of this visitor. Each has a connection of its own; they tell each other what no server knows.

/** What one tab tells the others; it comes from outside like everything else. */
export interface TabMessage {
  conversation?: unknown;
  /** Id of the newest message that was seen. */
  read?: unknown;
  /** What is being written. */
  writing?: unknown;
}

/** The line to the other tabs; where there can be none it is silent. */
export interface Tabs {
  tell(message: TabMessage): void;
  /** A page that is put aside must hold no channel. */
  close(): void;
  open(): void;
}

/** Opens the line of a name. */
export function openTabs(name: string, received: (message: TabMessage) => void): Tabs {
  let channel: BroadcastChannel | undefined;
  const tabs: Tabs = {
    tell: (message) => channel?.postMessage(message),
    close() {
      channel?.close();
      channel = undefined;
    },
    open() {
      try {
        channel ??= new BroadcastChannel(name);
        channel.onmessage = ({ data }) => received((data ?? {}) as TabMessage);
      } catch {
        // Storage is denied, and this with it.
      }
    },
  };
  tabs.open();
  return tabs;
}
