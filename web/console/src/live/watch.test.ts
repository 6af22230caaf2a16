// @vitest-environment jsdom
import { create } from "@bufbuild/protobuf";
import { WatchResponseSchema, type WatchResponse } from "@switchboard/proto/operator/v1/operator_pb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SILENCE_MS, watch } from "./watch";

const ready = create(WatchResponseSchema, { event: { case: "ready", value: {} } });
const heartbeat = create(WatchResponseSchema, { event: { case: "heartbeat", value: {} } });

/** A stream that the test feeds and ends. */
class Stream {
  #queue: WatchResponse[] = [];
  #wake = () => {};
  #end: { error?: Error } | undefined;

  constructor(readonly signal: AbortSignal) {
    signal.addEventListener("abort", () => this.end(new Error("aborted")));
  }
  send(event: WatchResponse) {
    this.#queue.push(event);
    this.#wake();
  }
  end(error?: Error) {
    this.#end ??= { error };
    this.#wake();
  }
  async *[Symbol.asyncIterator]() {
    for (;;) {
      const next = this.#queue.shift();
      if (next) yield next;
      else if (this.#end?.error) throw this.#end.error;
      else if (this.#end) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

let streams: Stream[];
let log: string[];
let stop: AbortController;
let watching: Promise<void>;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
  [streams, log, stop] = [[], [], new AbortController()];
  watching = watch(
    (signal) => {
      const stream = new Stream(signal);
      streams.push(stream);
      return stream;
    },
    {
      opened: () => log.push("opened"),
      event: (event) => log.push(event.case ?? "unknown"),
      interrupted: () => log.push("interrupted"),
      status: (status) => log.push(`<${status}>`),
    },
    stop.signal,
  );
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(async () => {
  stop.abort();
  await vi.runAllTimersAsync();
  await watching;
  vi.useRealTimers();
});

test("is live when the first picture is complete", async () => {
  expect(log).toEqual(["<connecting>", "opened"]);
  streams[0]!.send(ready);
  await vi.advanceTimersByTimeAsync(0);
  expect(log.slice(2)).toEqual(["ready", "<live>"]);
});

test.each<[string, Error | undefined]>([
  ["ends", undefined],
  ["fails", new Error("network")],
])("opens the next stream after a pause when one %s", async (_, error) => {
  streams[0]!.send(ready);
  streams[0]!.end(error);
  await vi.advanceTimersByTimeAsync(0);
  expect(log.slice(-2)).toEqual(["interrupted", "<reconnecting>"]);
  expect(streams).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(250);
  expect(streams).toHaveLength(2);
  expect(log.at(-1)).toBe("opened");
});

test("gives up a stream that is silent, but not one with heartbeats", async () => {
  streams[0]!.send(ready);
  for (let i = 0; i < 4; i++) {
    await vi.advanceTimersByTimeAsync(SILENCE_MS - 1);
    streams[0]!.send(heartbeat);
  }
  await vi.advanceTimersByTimeAsync(SILENCE_MS - 1);
  expect(streams[0]!.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(streams[0]!.signal.aborted).toBe(true);
  expect(log.slice(-2)).toEqual(["interrupted", "<reconnecting>"]);
});

test("gives up a stream that never says anything", async () => {
  await vi.advanceTimersByTimeAsync(SILENCE_MS);
  expect(streams[0]!.signal.aborted).toBe(true);
});

test("waits longer after each failure, and never longer than half a minute", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const pauses: number[] = [];
  for (let i = 0; i < 10; i++) {
    const known = streams.length;
    streams.at(-1)!.end(new Error("network"));
    const start = Date.now();
    while (streams.length === known) await vi.advanceTimersToNextTimerAsync();
    pauses.push(Date.now() - start);
  }
  expect(pauses.slice(0, 4)).toEqual([1250, 2250, 4250, 8250]);
  expect(Math.max(...pauses)).toBe(30_250);
});

test("comes back at once when the network does", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  streams[0]!.end(new Error("network"));
  await vi.advanceTimersByTimeAsync(0);
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  expect(streams).toHaveLength(2);
});

test("ends with its signal and opens nothing more", async () => {
  stop.abort();
  await watching;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(streams).toHaveLength(1);
  expect(log).not.toContain("interrupted");
});
