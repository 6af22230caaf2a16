import type { Message, Text } from "@switchboard/proto/chat/v1/message_pb";
import { compareOffsets } from "../../live/offset";

/** What became of a message after it was said. */
export interface Amendment {
  /** What it says now, if it was edited. */
  readonly text?: Text;
  readonly deleted: boolean;
}

/** What became of a conversation's messages, by their ids. */
export interface Amendments {
  readonly byId: ReadonlyMap<string, Amendment>;
  /** The visitor's newest message that an operator has read, or empty. */
  readonly seen: string;
}

/** Whether the event is no utterance but about one. */
export function amends({ body }: Message): boolean {
  return body.case === "edit" || body.case === "deletion" || body.case === "seen";
}

/** Folds edits, deletions and notices of reading, in the order of the log, into what they are about. */
export function fold(messages: readonly Message[]): Amendments {
  const said = new Map(messages.map((m) => [m.id, m]));
  const byId = new Map<string, Amendment>();
  let seen: Message | undefined;
  for (const { author, body } of messages) {
    if (body.case !== "edit" && body.case !== "deletion" && body.case !== "seen") continue;
    const target = said.get(body.value.message);
    if (!target) continue; // on a page above
    if (body.case === "seen") {
      if (!seen || compareOffsets(seen.offset, target.offset) < 0) seen = target;
      continue;
    }
    if (target.author !== author || byId.get(target.id)?.deleted) continue;
    if (body.case === "deletion") byId.set(target.id, { deleted: true });
    else if (target.body.case === "text" && body.value.text) byId.set(target.id, { text: body.value.text, deleted: false });
  }
  return { byId, seen: seen?.id ?? "" };
}

/** The message as it is now. */
export function amended(message: Message, amendment: Amendment | undefined): Message {
  if (!amendment?.text) return message;
  return { ...message, body: { case: "text", value: amendment.text } };
}
