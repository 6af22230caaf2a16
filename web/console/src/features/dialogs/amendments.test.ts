import { Author, type Message } from "@switchboard/proto/chat/v1/message_pb";
import { expect, test } from "vitest";
import { conversation, message } from "../../../test/fixtures";
import { amended, fold } from "./amendments";
import { layOut } from "./rows";

const at = (sequence: number) => `${conversation}/m${sequence}`;
const by = (author: Author) => ({ author });
const edit = (sequence: number, target: number, text: string, author = Author.OPERATOR) =>
  message(sequence, { author, body: { case: "edit", value: { message: at(target), text: { text } } } });
const deletion = (sequence: number, target: number, author = Author.OPERATOR) => message(sequence, { author, body: { case: "deletion", value: { message: at(target) } } });
const seen = (sequence: number, target: number) => message(sequence, { author: Author.OPERATOR, body: { case: "seen", value: { message: at(target) } } });
const own = message(1, by(Author.OPERATOR));

const now = (messages: readonly Message[]) => {
  const amendment = fold(messages).byId.get(own.id);
  if (amendment?.deleted) return "deleted";
  const { body } = amended(own, amendment);
  return body.case === "text" && body.value.text;
};

test.each<[string, Message[], string]>([
  ["untouched", [own], "text 1"],
  ["edited", [own, edit(2, 1, "better")], "better"],
  ["edited twice", [own, edit(2, 1, "better"), edit(3, 1, "best")], "best"],
  ["deleted", [own, deletion(2, 1)], "deleted"],
  ["edited after it was deleted", [own, deletion(2, 1), edit(3, 1, "back")], "deleted"],
  ["deleted after it was edited", [own, edit(2, 1, "better"), deletion(3, 1)], "deleted"],
  ["edited by another kind of author", [own, edit(2, 1, "hers", Author.BOT)], "text 1"],
  ["deleted by another kind of author", [own, deletion(2, 1, Author.VISITOR)], "text 1"],
  ["of which only the edit is here", [edit(2, 1, "better")], "text 1"],
])("a message that is %s", (_, messages, want) => {
  expect(now(messages)).toBe(want);
});

test("only a text is edited", () => {
  const picture = message(1, { author: Author.OPERATOR, body: { case: "image", value: { url: "https://a.example/x.png" } } });
  expect(fold([picture, edit(2, 1, "x")]).byId.size).toBe(0);
});

test("what was read furthest counts, whichever notice came last", () => {
  const visitors = [message(1), message(2), message(3)];
  expect(fold(visitors).seen).toBe("");
  expect(fold([...visitors, seen(4, 2), seen(5, 1)]).seen).toBe(at(2));
  expect(fold([...visitors, seen(4, 9)]).seen).toBe("");
});

test("none of them is a row of its own, and they end no group", () => {
  const rows = layOut([own, edit(2, 1, "x"), seen(3, 1), deletion(4, 1), message(5, by(Author.OPERATOR))], [], "u-1");
  expect(rows.map((r) => r.key.split("/m")[1] ?? r.kind)).toEqual(["1", "1", "5"].map((k, i) => (i === 0 ? expect.any(String) : k)));
});
