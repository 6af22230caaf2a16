import type { Dialog } from "@switchboard/proto/operator/v1/operator_pb";
import type { Api } from "../api/api";
import { isPassing } from "../api/problem";
import { backoff } from "./backoff";
import { uuidv7 } from "./uuid";

/** Pending is what the operator has said and the conversation does not show yet. */
export interface Pending {
  readonly clientId: string;
  /** The id that the message will have. */
  readonly id: string;
  readonly dialogId: string;
  readonly bot: string;
  readonly conversation: string;
  readonly text: string;
  /** The id of the message that this one answers, or empty. */
  readonly replyTo: string;
  readonly at: number;
  readonly status: "sending" | "sent" | "failed";
  readonly problem?: unknown;
}

/** Attempts without being asked; after them the operator decides. */
const ATTEMPTS = 4;

/**
 * Outbox sends what the operator says: in order within a conversation, and under one client id
 * however often it has to be repeated, so that the conversation has it once.
 */
export class Outbox {
  #pending: readonly Pending[] = [];
  #tails = new Map<string, Promise<void>>();
  #listeners = new Set<() => void>();

  constructor(
    private readonly operator: Pick<Api["operator"], "send">,
    /** Told where the log has a message. */
    private readonly stored: (bot: string, conversation: string, offset: string) => void,
  ) {}

  get pending(): readonly Pending[] {
    return this.#pending;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  send(dialog: Pick<Dialog, "id" | "bot" | "conversation">, text: string, replyTo = ""): void {
    const clientId = uuidv7();
    const { id: dialogId, bot, conversation } = dialog;
    const id = `${conversation}/${clientId}`;
    this.#set([...this.#pending, { clientId, id, dialogId, bot, conversation, text, replyTo, at: Date.now(), status: "sending" }]);
    this.#enqueue(conversation, clientId);
  }

  /** Sends one that has failed again, under the same client id. */
  retry(clientId: string): void {
    const entry = this.#find(clientId);
    if (entry?.status !== "failed") return;
    this.#patch(clientId, { status: "sending", problem: undefined });
    this.#enqueue(entry.conversation, clientId);
  }

  /** Forgets entries: the conversation shows them, or the operator gives them up. */
  forget(ids: ReadonlySet<string>): void {
    const left = this.#pending.filter((p) => !ids.has(p.id));
    if (left.length !== this.#pending.length) this.#set(left);
  }

  #enqueue(conversation: string, clientId: string): void {
    const tail = (this.#tails.get(conversation) ?? Promise.resolve()).then(() => this.#deliver(clientId));
    this.#tails.set(conversation, tail);
    void tail.then(() => {
      if (this.#tails.get(conversation) === tail) this.#tails.delete(conversation);
    });
  }

  /** Never rejects: what went wrong is in the entry. */
  async #deliver(clientId: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const entry = this.#find(clientId);
      if (!entry) return;
      try {
        const body = { case: "text" as const, value: { text: entry.text } };
        const { offset } = await this.operator.send({ dialogId: entry.dialogId, clientId, replyTo: entry.replyTo, body });
        this.#patch(clientId, { status: "sent" });
        this.stored(entry.bot, entry.conversation, offset);
        return;
      } catch (problem) {
        if (attempt === ATTEMPTS || !isPassing(problem)) {
          this.#patch(clientId, { status: "failed", problem });
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, backoff(attempt)));
      }
    }
  }

  #find(clientId: string): Pending | undefined {
    return this.#pending.find((p) => p.clientId === clientId);
  }

  #patch(clientId: string, change: Partial<Pending>): void {
    this.#set(this.#pending.map((p) => (p.clientId === clientId ? { ...p, ...change } : p)));
  }

  #set(pending: readonly Pending[]): void {
    this.#pending = pending;
    for (const listener of this.#listeners) listener();
  }
}
