import type { WatchResponse } from "@switchboard/proto/operator/v1/operator_pb";
import { backoff } from "./backoff";

export type WatchStatus = "connecting" | "live" | "reconnecting";

export interface WatchHandlers {
  /** A stream was opened; its first picture follows. */
  opened(): void;
  event(event: WatchResponse["event"]): void;
  /** The stream ended: events may be missed from now on. */
  interrupted(): void;
  status(status: WatchStatus): void;
}

/** The server sends a heartbeat every 15 s: this much silence is a dead connection. */
export const SILENCE_MS = 40_000;

/**
 * Watches until signal aborts: opens a stream, hands its events over, and opens the next one after
 * a jittered pause when it ends, fails or falls silent. "live" means that a picture was complete.
 */
export async function watch(
  open: (signal: AbortSignal) => AsyncIterable<WatchResponse>,
  handlers: WatchHandlers,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  handlers.status("connecting");
  while (!signal.aborted) {
    const live = await stream(open, handlers, signal);
    if (signal.aborted) return;
    handlers.interrupted();
    handlers.status("reconnecting");
    failures = live ? 0 : failures + 1;
    await pause(backoff(failures), signal);
  }
}

/** Runs one stream to its end and says whether it ever became live. */
async function stream(
  open: (signal: AbortSignal) => AsyncIterable<WatchResponse>,
  handlers: WatchHandlers,
  signal: AbortSignal,
): Promise<boolean> {
  const attempt = new AbortController();
  const leave = () => attempt.abort();
  signal.addEventListener("abort", leave);
  let watchdog = setTimeout(leave, SILENCE_MS);
  let live = false;
  try {
    handlers.opened();
    for await (const { event } of open(attempt.signal)) {
      if (attempt.signal.aborted) break;
      clearTimeout(watchdog);
      watchdog = setTimeout(leave, SILENCE_MS);
      handlers.event(event);
      if (event.case === "ready") {
        live = true;
        handlers.status("live");
      }
    }
  } catch {
    // Why it ended makes no difference: the next attempt shows whether it can be helped, and a
    // session that is over ends this watch through signal.
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener("abort", leave);
    attempt.abort();
  }
  return live;
}

/** Waits; the network coming back or the page being looked at again ends the wait. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      window.removeEventListener("online", done);
      document.removeEventListener("visibilitychange", seen);
      resolve();
    };
    const seen = () => {
      if (document.visibilityState === "visible") done();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    window.addEventListener("online", done);
    document.addEventListener("visibilitychange", seen);
  });
}
