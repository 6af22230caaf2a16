import { timestampDate } from "@bufbuild/protobuf/wkt";
import { Author, type Message, OwnerReason } from "@switchboard/proto/chat/v1/message_pb";
import type { Pending } from "../../live/outbox";
import { amends } from "./amendments";

/** Row is one thing in the list of messages, from top to bottom. */
export type Row =
  | { kind: "day"; key: string; date: Date }
  | { kind: "line"; key: string; message: Message }
  | { kind: "message"; key: string; message: Message; first: boolean; last: boolean }
  | { kind: "pending"; key: string; pending: Pending; first: boolean };

/** Utterances of one author this close together are shown as one group. */
const GROUP_MS = 5 * 60_000;

/** Lays a conversation out: days, lines for what nobody said, and groups of utterances. */
export function layOut(messages: readonly Message[], pending: readonly Pending[], me: string): Row[] {
  const rows: Row[] = [];
  let day = "";
  let group: Extract<Row, { kind: "message" }> | undefined;
  for (const message of messages) {
    if (isRenewal(message) || amends(message)) continue;
    const date = message.time && timestampDate(message.time);
    if (date && date.toDateString() !== day) {
      day = date.toDateString();
      rows.push({ kind: "day", key: `day ${day} ${message.id}`, date });
      group = undefined;
    }
    if (isLine(message)) {
      rows.push({ kind: "line", key: message.id, message });
      group = undefined;
      continue;
    }
    const first = !group || !sameGroup(group.message, message);
    if (group && !first) group.last = false;
    group = { kind: "message", key: message.id, message, first, last: true };
    rows.push(group);
  }
  // A message keeps its key when it turns from pending to stored, and so its place on the screen.
  let first = group?.message.authorId !== me;
  for (const entry of pending) {
    if (group && !first) group.last = false;
    rows.push({ kind: "pending", key: entry.id, pending: entry, first });
    first = false;
  }
  return rows;
}

/** Whether this only says again who owns the conversation, which is news to nobody. */
function isRenewal({ body }: Message): boolean {
  return body.case === "ownerChange" && body.value.reason === OwnerReason.RENEWED;
}

/** Whether this is a fact of the conversation rather than something that was said. */
export function isLine(message: Message): boolean {
  switch (message.body.case) {
    case "text":
    case "button":
    case "image":
    case "file":
    case "keyboard":
    case "inlineKeyboard":
    case "cards":
    case "form":
    case "formAnswer":
      return false;
    default:
      return true;
  }
}

function sameGroup(a: Message, b: Message): boolean {
  if (a.author !== b.author || a.authorName !== b.authorName) return false;
  if (a.author === Author.OPERATOR && a.authorId !== b.authorId) return false;
  return Math.abs(ms(b) - ms(a)) < GROUP_MS;
}

function ms(message: Message): number {
  return message.time ? timestampDate(message.time).getTime() : 0;
}
