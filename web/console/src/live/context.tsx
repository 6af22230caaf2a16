import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import type { Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import type { User } from "@switchboard/proto/config/v1/config_pb";
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import { useApi, type Api } from "../api/api";
import { isPassing } from "../api/problem";
import { emptyDialogs, type DialogSet } from "./dialog-set";
import { keys } from "./keys";
import { Live } from "./live";
import { Outbox, type Pending } from "./outbox";
import type { Thread } from "./thread";
import type { WatchStatus } from "./watch";

/** Work is what the signed-in operator's screens share. */
export interface Work {
  me: User;
  cache: QueryClient;
  live: Live;
  outbox: Outbox;
  /** Unsent text by dialog id. */
  drafts: Map<string, string>;
}

/** A person's work has a cache of its own, so the next one on this machine sees nothing of it. */
export function newWork(api: Api, me: User): Work {
  const cache = new QueryClient({
    defaultOptions: {
      queries: { retry: (failures, problem) => failures < 3 && isPassing(problem), refetchOnWindowFocus: false },
    },
  });
  // These are patched by the stream: nothing may refetch or rewrite them on its own.
  const patched = { staleTime: Infinity, structuralSharing: false };
  cache.setQueryDefaults(keys.dialogs, { ...patched, gcTime: Infinity });
  cache.setQueryDefaults(keys.threads, { ...patched, gcTime: 10 * 60_000 });
  const live = new Live(api, cache, me.id);
  const outbox = new Outbox(api.operator, (bot, conversation, offset) => live.expect(bot, conversation, offset));
  return { me, cache, live, outbox, drafts: new Map() };
}

export const WorkContext = createContext<Work | undefined>(undefined);

export function useWork(): Work {
  const work = useContext(WorkContext);
  if (!work) throw new Error("useWork: no WorkContext above");
  return work;
}

/** Watches for the signed-in user as long as it is shown. Keyed by the user: it keeps who it began with. */
export function LiveProvider({ me, children }: { me: User; children: ReactNode }) {
  const api = useApi();
  const [work] = useState(() => newWork(api, me));
  useEffect(() => {
    const end = new AbortController();
    void work.live.run(end.signal);
    return () => end.abort();
  }, [work]);
  return (
    <WorkContext value={work}>
      <QueryClientProvider client={work.cache}>{children}</QueryClientProvider>
    </WorkContext>
  );
}

export function useWatchStatus(): WatchStatus {
  const { live } = useWork();
  return useSyncExternalStore(live.subscribe, () => live.status);
}

export function useDialogSet(): DialogSet {
  return useQuery({ queryKey: keys.dialogs, queryFn: () => emptyDialogs, enabled: false }).data ?? emptyDialogs;
}

/** One dialog: as the stream tells it, or asked for when the stream does not. */
export function useDialog(id: string) {
  const api = useApi();
  const set = useDialogSet();
  const known = set.byId.get(id);
  const asked = useQuery({
    queryKey: keys.dialog(id),
    queryFn: async ({ signal }) => {
      const { dialog } = await api.operator.getDialog({ dialogId: id }, { signal });
      return dialog ?? null;
    },
    enabled: set.loaded && !known,
    structuralSharing: false,
  });
  const dialog: Dialog | undefined = newer(known, asked.data ?? undefined);
  return { dialog, error: dialog ? null : asked.error };
}

function newer(a: Dialog | undefined, b: Dialog | undefined): Dialog | undefined {
  if (!a || !b) return a ?? b;
  return a.version >= b.version ? a : b;
}

/** A conversation's events, read once and then kept by the stream. */
export function useThread(bot: string, conversation: string) {
  const { live } = useWork();
  return useQuery<Thread>({
    queryKey: keys.thread(conversation),
    queryFn: ({ signal }) => live.openThread(bot, conversation, signal),
    // What the stream does not keep is read again whenever it is opened.
    refetchOnMount: () => (live.streams(conversation) ? false : "always"),
  });
}

/** What the operator has said and the thread does not show yet. */
export function usePending(conversation: string, thread: Thread | undefined): readonly Pending[] {
  const { outbox } = useWork();
  const all = useSyncExternalStore(outbox.subscribe, () => outbox.pending);
  const shown = useMemo(() => new Set(thread?.messages.map((m) => m.id)), [thread]);
  useEffect(() => outbox.forget(shown), [outbox, shown, all]);
  return useMemo(
    () => all.filter((p) => p.conversation === conversation && !shown.has(p.id)),
    [all, conversation, shown],
  );
}

/** Whether the visitor is writing now. */
export function useTyping(conversation: string): boolean {
  const until = useQuery({ queryKey: keys.typing(conversation), queryFn: () => 0, enabled: false }).data ?? 0;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    if (until <= Date.now()) return;
    const timer = setTimeout(() => setNow(Date.now()), until - Date.now());
    return () => clearTimeout(timer);
  }, [until]);
  return until > now;
}
