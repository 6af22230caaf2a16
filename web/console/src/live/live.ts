import type { QueryClient } from "@tanstack/react-query";
import { Author, type Message } from "@switchboard/proto/chat/v1/message_pb";
import type { Dialog, WatchResponse } from "@switchboard/proto/operator/v1/operator_pb";
import type { Api } from "../api/api";
import { backoff } from "./backoff";
import { applyDialog, beginPicture, completePicture, emptyDialogs, inSet, type DialogSet } from "./dialog-set";
import { keys } from "./keys";
import { compareOffsets, generation, laterOffset } from "./offset";
import { applyLive, applyNewer, applyOlder, markGap, openThread, shownOffset, type Thread } from "./thread";
import { watch, type WatchStatus } from "./watch";

/** How long a typing notice is shown. */
const TYPING_MS = 6_000;
/** Live events kept for a conversation whose first page has not been read yet. */
const EARLY_EVENTS = 50;
/** Conversations of which something is remembered beside the cache. */
const REMEMBERED = 500;
/** Attempts to read what a gap hides: the history may be seconds behind the log. */
const CATCH_UP_ATTEMPTS = 8;
/** A longer gap is not worth reading through: the conversation is opened anew. */
const CATCH_UP_PAGES = 10;
const PAGE = 50;

/**
 * Live keeps the query cache as the server sees it: one watch stream for the whole app, and reads
 * of the history for what the stream cannot tell.
 */
export class Live {
  #status: WatchStatus = "connecting";
  #listeners = new Set<() => void>();
  #early = new Map<string, Message[]>();
  #catchingUp = new Set<string>();
  /** Conversations that have a stream of their own now, with what ends it. */
  #followed = new Map<string, AbortSignal>();
  /** The newest offset that each conversation is known to have. */
  #heard = new Map<string, string>();

  constructor(
    private readonly api: Pick<Api, "operator" | "history">,
    private readonly cache: QueryClient,
    private readonly me: string,
  ) {}

  get status(): WatchStatus {
    return this.#status;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Watches until signal aborts. */
  run(signal: AbortSignal): Promise<void> {
    return watch(
      (attempt) => this.api.operator.watch({}, { signal: attempt, timeoutMs: 0 }),
      {
        opened: () => this.#patchDialogs(beginPicture),
        event: (event) => this.#apply(event),
        interrupted: () => this.#markGaps(),
        status: (status) => this.#setStatus(status),
      },
      signal,
    );
  }

  /** Takes what happens in a dialog of which the stream for all tells nothing any more, until signal aborts. */
  async follow({ id, bot, conversation }: Dialog, signal: AbortSignal): Promise<void> {
    const left = () => {
      if (this.#followed.get(conversation) !== signal) return;
      this.#followed.delete(conversation);
      this.#patchThread(conversation, markGap);
    };
    await watch(
      (attempt) => this.api.operator.watch({ dialogId: id }, { signal: attempt, timeoutMs: 0 }),
      {
        opened: () => undefined,
        event: (event) => {
          if (event.case !== "ready") return this.#apply(event);
          this.#followed.set(conversation, signal);
          this.expect(bot, conversation, event.value.lastOffset);
          if (this.#thread(conversation)?.gap) void this.#catchUp(bot, conversation);
        },
        interrupted: left,
        status: () => undefined,
      },
      signal,
    );
    left();
  }

  /** Takes a dialog that a call has returned. */
  applyDialog(dialog: Dialog): void {
    const before = this.streams(dialog.conversation);
    this.#patchDialogs((set) => applyDialog(set, dialog, this.me));
    // Before it joined, the conversation went on unseen.
    if (!before && this.streams(dialog.conversation)) void this.#catchUp(dialog.bot, dialog.conversation);
    this.expect(dialog.bot, dialog.conversation, dialog.lastOffset);
  }

  /** Whether a stream tells what happens in a conversation. */
  streams(conversation: string): boolean {
    if (this.#followed.has(conversation)) return true;
    const set = this.cache.getQueryData<DialogSet>(keys.dialogs) ?? emptyDialogs;
    return [...set.byId.values()].some((d) => d.conversation === conversation && inSet(d, this.me));
  }

  /** Reads the newest page of a conversation. */
  async openThread(bot: string, conversation: string, signal: AbortSignal): Promise<Thread> {
    const page = await this.api.history.listMessages({ bot, conversation, pageSize: PAGE }, { signal });
    // What came live before this page, or while it was on its way, may lie beyond what the history
    // has recorded: it is shown now, and what is between is read.
    let thread = markGap(openThread(page));
    const live = [...(this.#early.get(conversation) ?? []), ...(this.#thread(conversation)?.messages ?? [])];
    for (const message of live) {
      if (compareOffsets(message.offset, thread.upTo) > 0) thread = applyLive(thread, message);
    }
    this.#early.delete(conversation);
    const known = laterOffset(this.#heard.get(conversation) ?? "", shownOffset(thread));
    if (compareOffsets(thread.upTo, known) < 0) {
      setTimeout(() => void this.#catchUp(bot, conversation)); // once the cache has this thread
      return thread;
    }
    // Before the stream is live something may still slip between: its next picture reads on.
    return { ...thread, gap: this.#status !== "live" };
  }

  /** Reads the page above what is shown. */
  async loadOlder(bot: string, conversation: string): Promise<void> {
    const oldest = this.#thread(conversation)?.messages[0];
    if (!oldest) return;
    const page = await this.api.history.listMessages({
      bot,
      conversation,
      pageSize: PAGE,
      from: { case: "before", value: oldest.offset },
    });
    this.#patchThread(conversation, (thread) => applyOlder(thread, page));
  }

  /** Says that the log has reached an offset: if it is not shown soon, it is read. */
  expect(bot: string, conversation: string, offset: string): void {
    const heard = laterOffset(this.#heard.get(conversation) ?? "", offset);
    remember(this.#heard, conversation, heard);
    const thread = this.#thread(conversation);
    if (!thread || compareOffsets(shownOffset(thread), heard) >= 0) return;
    void this.#catchUp(bot, conversation);
  }

  #apply(event: WatchResponse["event"]): void {
    switch (event.case) {
      case "dialog":
        this.applyDialog(event.value);
        break;
      case "message":
        this.#applyMessage(event.value);
        break;
      case "typing":
        this.cache.setQueryData(keys.typing(event.value.conversation), Date.now() + TYPING_MS);
        break;
      case "ready":
        this.#patchDialogs(completePicture);
        this.#closeGaps();
        break;
      default: // a heartbeat, or something of a newer server
    }
  }

  #applyMessage(message: Message): void {
    const { bot, conversation } = message;
    if (message.author === Author.VISITOR) this.cache.setQueryData(keys.typing(conversation), 0);
    const thread = this.#thread(conversation);
    if (!thread) {
      this.#keepEarly(message);
      return;
    }
    if (thread.upTo !== "" && generation(thread.upTo) !== generation(message.offset)) {
      // The log was made anew: places of the former one mean nothing any more.
      this.#heard.delete(conversation);
      this.#keepEarly(message);
      void this.cache.resetQueries({ queryKey: keys.thread(conversation) });
      return;
    }
    const gap = thread.gap || !this.streams(conversation);
    this.#patchThread(conversation, (t) => applyLive(gap ? markGap(t) : t, message));
    if (gap) void this.#catchUp(bot, conversation);
  }

  #keepEarly(message: Message): void {
    const early = this.#early.get(message.conversation) ?? [];
    remember(this.#early, message.conversation, [...early, message].slice(-EARLY_EVENTS));
  }

  #markGaps(): void {
    this.#early.clear(); // the next page is newer than these
    for (const [key] of this.cache.getQueriesData<Thread>({ queryKey: keys.threads })) {
      this.cache.setQueryData<Thread>(key, (thread) => thread && markGap(thread));
    }
  }

  /** After a picture: reads on in what is on the screen, forgets the other threads with a gap. */
  #closeGaps(): void {
    for (const query of this.cache.getQueryCache().findAll({ queryKey: keys.threads })) {
      const thread = query.state.data as Thread | undefined;
      if (!thread?.gap) continue;
      const last = thread.messages.at(-1);
      if (!query.isActive()) this.cache.removeQueries({ queryKey: query.queryKey });
      else if (last) void this.#catchUp(last.bot, last.conversation);
      else void query.invalidate();
    }
  }

  /** Reads after what is shown until nothing is missing, one reader a conversation. */
  async #catchUp(bot: string, conversation: string): Promise<void> {
    if (this.#catchingUp.has(conversation)) return;
    this.#catchingUp.add(conversation);
    this.#patchThread(conversation, markGap);
    try {
      for (let attempt = 0, pages = 0; attempt < CATCH_UP_ATTEMPTS; ) {
        const before = this.#thread(conversation);
        if (!before?.gap) return;
        await this.#readOn(bot, conversation, before).catch(() => undefined);
        const after = this.#thread(conversation);
        if (!after?.gap) return;
        if (after.upTo === before.upTo) {
          await new Promise((resolve) => setTimeout(resolve, backoff(attempt++)));
        } else if (++pages === CATCH_UP_PAGES) {
          return await this.cache.resetQueries({ queryKey: keys.thread(conversation) });
        }
      }
    } finally {
      this.#catchingUp.delete(conversation);
    }
  }

  async #readOn(bot: string, conversation: string, thread: Thread): Promise<void> {
    const { upTo } = thread;
    const page = await this.api.history.listMessages({
      bot,
      conversation,
      pageSize: 200,
      from: upTo === "" ? { case: undefined } : { case: "after", value: upTo },
    });
    const known = this.#heard.get(conversation) ?? "";
    // Without an offset to start from this is the newest page, whose has_more looks back.
    const newer = upTo === "" ? { messages: page.messages, hasMore: false } : page;
    this.#patchThread(conversation, (t) => applyNewer(t, newer, known));
  }

  #thread(conversation: string): Thread | undefined {
    return this.cache.getQueryData<Thread>(keys.thread(conversation));
  }

  #patchThread(conversation: string, patch: (thread: Thread) => Thread): void {
    this.cache.setQueryData<Thread>(keys.thread(conversation), (thread) => thread && patch(thread));
  }

  #patchDialogs(patch: (set: DialogSet) => DialogSet): void {
    this.cache.setQueryData<DialogSet>(keys.dialogs, (set) => patch(set ?? emptyDialogs));
  }

  #setStatus(status: WatchStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener();
  }
}

/** Sets a key as the newest one and forgets the oldest beyond the bound. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= REMEMBERED) return;
    map.delete(oldest);
  }
}
