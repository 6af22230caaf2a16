// @vitest-environment jsdom
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { createClient, createRouterTransport } from "@connectrpc/connect";
import type { Message } from "@switchboard/proto/chat/v1/message_pb";
import { HistoryService } from "@switchboard/proto/history/v1/history_pb";
import { OperatorService, type WatchResponse } from "@switchboard/proto/operator/v1/operator_pb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { conversation, dialog, ids, me, message } from "../../test/fixtures";
import { keys } from "./keys";
import { Live } from "./live";
import { compareOffsets } from "./offset";
import type { Thread } from "./thread";

// A real Connect server in this process: the history, one watch stream for all, and one for a dialog.
let log: Message[];
let send: (event: WatchResponse["event"]) => void;
let cut: () => void;
let sendOne: typeof send;
let cutOne: typeof cut;
let watched: string[];
let reads: string[];
let stop: AbortController;
let cache: QueryClient;
let live: Live;

const transport = createRouterTransport(({ service }) => {
  service(OperatorService, {
    async *watch({ dialogId }, { signal }) {
      const queue: WatchResponse["event"][] = [];
      let wake = () => {};
      let ended = false;
      const push: typeof send = (event) => (queue.push(event), wake());
      const end = () => ((ended = true), wake());
      if (dialogId) [sendOne, cutOne] = [push, end];
      else [send, cut] = [push, end];
      if (dialogId) watched.push(dialogId);
      signal.addEventListener("abort", end);
      while (!ended) {
        for (const event of queue.splice(0)) yield { event };
        if (!ended) await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  });
  service(HistoryService, {
    listMessages({ from, pageSize }) {
      reads.push(from.case === "after" ? `after ${from.value}` : (from.case ?? "newest"));
      if (from.case === "after") {
        const rest = log.filter((m) => compareOffsets(m.offset, from.value!) > 0);
        return { messages: rest.slice(0, pageSize), hasMore: rest.length > pageSize };
      }
      const rest = from.case === "before" ? log.filter((m) => compareOffsets(m.offset, from.value!) < 0) : log;
      return { messages: rest.slice(-pageSize), hasMore: rest.length > pageSize };
    },
  });
});

const tick = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const thread = () => cache.getQueryData<Thread>(keys.thread(conversation));
const query = () => ({
  queryKey: keys.thread(conversation),
  queryFn: ({ signal }: { signal: AbortSignal }) => live.openThread("1", conversation, signal),
  staleTime: Infinity,
  structuralSharing: false,
});
const open = () => cache.fetchQuery(query());
const say = (sequence: number) => {
  send({ case: "message", value: message(sequence) });
  return tick();
};
const picture = async (lastOffset: string, version: bigint) => {
  send({ case: "dialog", value: dialog({ lastOffset, version }) });
  send({ case: "ready", value: { $typeName: "switchboard.operator.v1.Ready", lastOffset: "" } });
  await tick();
};

beforeEach(async () => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
  [log, reads, watched, stop, cache] = [[message(1), message(2)], [], [], new AbortController(), new QueryClient()];
  const api = { operator: createClient(OperatorService, transport), history: createClient(HistoryService, transport) };
  live = new Live(api, cache, me.id);
  void live.run(stop.signal);
  await tick();
});

afterEach(async () => {
  stop.abort();
  await tick();
  cache.clear();
  vi.useRealTimers();
});

test("a live message is patched into the open conversation without reading", async () => {
  await picture("g1-2", 1n);
  await open();
  await say(3);
  expect(ids(thread()!.messages)).toEqual(["1", "2", "3"]);
  expect(reads).toEqual(["newest"]);
});

test("what came live while the first page was on its way is shown, and what is between is read", async () => {
  await picture("g1-2", 1n);
  await say(4); // the history has neither 3 nor 4 yet
  await open();
  expect(ids(thread()!.messages)).toEqual(["1", "2", "4"]);
  log.push(message(3), message(4));
  await tick(5_000);
  expect(thread()).toMatchObject({ gap: false, upTo: "g1-4" });
  expect(ids(thread()!.messages)).toEqual(["1", "2", "3", "4"]);
});

test("after a reconnect the conversation is read on from its last offset", async () => {
  await picture("g1-2", 1n);
  await open();
  // Somebody looks at it: only then it is worth reading on.
  const leave = new QueryObserver(cache, query()).subscribe(() => {});
  cut();
  await tick();
  expect(live.status).toBe("reconnecting");
  log.push(message(3));
  await tick(1_000);
  await picture("g1-3", 2n);
  await tick(1_000);
  expect(live.status).toBe("live");
  expect(reads.at(-1)).toBe("after g1-2");
  expect(ids(thread()!.messages)).toEqual(["1", "2", "3"]);
  leave();
});

test("a dialog that has more than is shown is read on, until the history has it", async () => {
  await picture("g1-2", 1n);
  await open();
  send({ case: "dialog", value: dialog({ lastOffset: "g1-3", version: 2n }) });
  await tick();
  expect(thread()!.gap).toBe(true);
  log.push(message(3));
  await tick(5_000);
  expect(thread()).toMatchObject({ gap: false, upTo: "g1-3" });
});

test("a history that never gets there is not asked for ever", async () => {
  await picture("g1-2", 1n);
  await open();
  live.expect("1", conversation, "g1-99");
  await tick(600_000);
  const asked = reads.length;
  expect(asked).toBeLessThan(12);
  await tick(600_000);
  expect(reads).toHaveLength(asked);
});

test("what a conversation did outside the set is read when it comes back", async () => {
  await picture("g1-2", 1n);
  await open();
  send({ case: "dialog", value: dialog({ state: 4, lastOffset: "g1-2", version: 2n }) });
  await tick();
  log.push(message(3), message(4)); // with the bot: nobody was told
  send({ case: "message", value: message(5) });
  log.push(message(5));
  await tick(5_000);
  expect(ids(thread()!.messages)).toEqual(["1", "2", "3", "4", "5"]);
  expect(thread()!.gap).toBe(false);
});

const readyAt = async (lastOffset: string) => {
  sendOne({ case: "ready", value: { $typeName: "switchboard.operator.v1.Ready", lastOffset } });
  await tick();
};

test("a closed dialog that is looked at goes on, and what came before its stream is read", async () => {
  const closed = dialog({ state: 4, lastOffset: "g1-2", version: 2n });
  await picture("g1-2", 1n);
  await open();
  send({ case: "dialog", value: closed });
  await tick();
  const leave = new AbortController();
  void live.follow(closed, leave.signal);
  await tick();
  expect(watched).toEqual([closed.id]);
  log.push(message(3)); // behind the close, before anybody followed
  await readyAt("g1-3");
  await tick(1_000);
  expect(ids(thread()!.messages)).toEqual(["1", "2", "3"]);
  const asked = reads.length;
  sendOne({ case: "message", value: message(4) });
  await tick();
  expect(ids(thread()!.messages)).toEqual(["1", "2", "3", "4"]);
  expect(thread()).toMatchObject({ gap: false, upTo: "g1-4" });
  expect(reads).toHaveLength(asked);
  log.push(message(4));

  cutOne(); // the connection is lost, and something happens meanwhile
  await tick();
  expect(live.streams(conversation)).toBe(false);
  log.push(message(5));
  await tick(1_000);
  await readyAt("g1-5");
  await tick(1_000);
  expect(ids(thread()!.messages)).toEqual(["1", "2", "3", "4", "5"]);
  expect(live.status).toBe("live"); // that of the other stream

  leave.abort();
  await tick();
  expect(live.streams(conversation)).toBe(false);
  expect(watched).toHaveLength(2);
});

test("a log that was made anew is read anew", async () => {
  await picture("g1-2", 1n);
  await open();
  log = [message(1, { id: `${conversation}/m9`, offset: "g2-1" })];
  send({ case: "message", value: log[0]! });
  await tick();
  expect(thread()).toBeUndefined();
  await open();
  expect(ids(thread()!.messages)).toEqual(["9"]);
});

test("older pages are read before what is shown", async () => {
  log = Array.from({ length: 120 }, (_, i) => message(i + 1));
  await picture("g1-120", 1n);
  await open();
  expect(thread()!.messages).toHaveLength(50);
  await live.loadOlder("1", conversation);
  await live.loadOlder("1", conversation);
  expect(thread()!.messages).toHaveLength(120);
  expect(thread()!.hasOlder).toBe(false);
});

test("a typing notice is shown for a while and ends with the message", async () => {
  await picture("g1-2", 1n);
  send({ case: "typing", value: { $typeName: "switchboard.operator.v1.VisitorTyping", conversation } });
  await tick();
  expect(cache.getQueryData<number>(keys.typing(conversation))).toBeGreaterThan(Date.now());
  await say(3);
  expect(cache.getQueryData(keys.typing(conversation))).toBe(0);
});
