import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Author, OwnerReason } from "@switchboard/proto/chat/v1/message_pb";
import { expect, test } from "vitest";
import { conversation, message } from "../../../test/fixtures";
import type { Pending } from "../../live/outbox";
import { layOut } from "./rows";

const pending = (clientId: string): Pending => ({
  clientId,
  id: `${conversation}/${clientId}`,
  dialogId: "d",
  bot: "1",
  conversation,
  text: "hello",
  replyTo: "",
  at: 0,
  status: "sending",
});
const shape = (rows: ReturnType<typeof layOut>) =>
  rows.map((r) => (r.kind === "message" ? `${r.first ? "[" : ""}m${r.last ? "]" : ""}` : r.kind === "pending" ? `${r.first ? "[" : ""}p` : r.kind));

test("consecutive words of one author are a group", () => {
  const rows = layOut([message(1), message(2), message(3, { author: Author.BOT }), message(4)], [], "u-1");
  expect(shape(rows)).toEqual(["day", "[m", "m]", "[m]", "[m]"]);
});

test("time, days and facts end a group", () => {
  const day = 86_400_000;
  const at = (ms: number) => ({ time: timestampFromMs(1_700_000_000_000 + ms) });
  const rows = layOut(
    [message(1, at(0)), message(2, at(600_000)), message(3, { ...at(600_001), body: { case: "end", value: {} } }), message(4, at(600_002)), message(5, at(2 * day))],
    [],
    "u-1",
  );
  expect(shape(rows)).toEqual(["day", "[m]", "[m]", "line", "[m]", "day", "[m]"]);
});

test("an owner that is renewed is no news", () => {
  const renewed = message(2, { body: { case: "ownerChange", value: { reason: OwnerReason.RENEWED } } });
  expect(shape(layOut([message(1), renewed, message(3)], [], "u-1"))).toEqual(["day", "[m", "m]"]);
});

test("what is pending follows, under the key that it keeps", () => {
  const own = message(2, { author: Author.OPERATOR, authorId: "u-1" });
  const rows = layOut([message(1), own], [pending("c-1"), pending("c-2")], "u-1");
  expect(shape(rows)).toEqual(["day", "[m]", "[m", "p", "p"]);
  const stored = layOut([message(1), own, message(3, { id: `${conversation}/c-1`, author: Author.OPERATOR, authorId: "u-1" })], [pending("c-2")], "u-1");
  expect(stored[3]!.key).toBe(rows[3]!.key);
});

test("every key is there once", () => {
  const rows = layOut(Array.from({ length: 50 }, (_, i) => message(i + 1)), [pending("c")], "u-1");
  expect(new Set(rows.map((r) => r.key)).size).toBe(rows.length);
});
