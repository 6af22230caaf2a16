// Where the live state is in the query cache.
export const keys = {
  /** DialogSet: written by the stream alone. */
  dialogs: ["dialogs"] as const,
  /** Dialog: one that the set may not hold. */
  dialog: (id: string) => ["dialog", id] as const,
  /** Thread: read from the history, patched by the stream. */
  thread: (conversation: string) => ["thread", conversation] as const,
  threads: ["thread"] as const,
  /** GetVisitorMetaResponse: never written anywhere else. */
  visitorMeta: (dialogId: string) => ["visitor-meta", dialogId] as const,
  /** Until when the visitor is shown as writing, milliseconds. */
  typing: (conversation: string) => ["typing", conversation] as const,
};
