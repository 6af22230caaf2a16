import { describe, expect, test } from "vitest";
import { ids, message } from "../../test/fixtures";
import { applyLive, applyNewer, applyOlder, markGap, openThread, shownOffset, type Thread } from "./thread";

const page = (sequences: number[], hasMore = false) => ({ messages: sequences.map((s) => message(s)), hasMore });
const play = (thread: Thread, ...sequences: number[]) => sequences.reduce((t, s) => applyLive(t, message(s)), thread);

describe("live events", () => {
  test("are ordered by offset, not by arrival", () => {
    const thread = play(openThread(page([1])), 10, 9, 2);
    expect(ids(thread.messages)).toEqual(["1", "2", "9", "10"]);
    expect(thread.upTo).toBe("g1-10");
  });

  test("change nothing when they come again", () => {
    const thread = play(openThread(page([1])), 2);
    expect(applyLive(thread, message(2))).toBe(thread);
  });

  test("do not hide a gap", () => {
    const thread = play(markGap(openThread(page([1]))), 5);
    expect(ids(thread.messages)).toEqual(["1", "5"]);
    expect(thread).toMatchObject({ gap: true, upTo: "g1-1" });
  });
});

describe("reading on after a gap", () => {
  const cut = play(markGap(openThread(page([1, 2]))), 6);

  test("closes it when the history reaches what is shown", () => {
    const thread = applyNewer(cut, page([3, 4, 6]), "");
    expect(ids(thread.messages)).toEqual(["1", "2", "3", "4", "6"]);
    expect(thread).toMatchObject({ gap: false, upTo: "g1-6" });
  });

  test.each<[string, ReturnType<typeof page>, string]>([
    ["there is more to read", page([3, 4], true), ""],
    ["the history is behind what is shown", page([3, 4]), ""],
    ["the history is behind what was heard of", page([3, 6]), "g1-9"],
    ["the history has nothing yet", page([]), ""],
  ])("goes on when %s", (_, newer, known) => {
    expect(applyNewer(cut, newer, known).gap).toBe(true);
  });

  test("has nothing to do when nothing was missed", () => {
    const thread = applyNewer(markGap(openThread(page([1, 2]))), page([]), "g1-2");
    expect(thread).toMatchObject({ gap: false, upTo: "g1-2" });
  });
});

test("older pages go above, and the last one says so", () => {
  let thread = openThread(page([50, 51], true));
  expect(thread.hasOlder).toBe(true);
  thread = applyOlder(thread, page([48, 49, 50]));
  expect(ids(thread.messages)).toEqual(["48", "49", "50", "51"]);
  expect(thread).toMatchObject({ hasOlder: false, upTo: "g1-51" });
});

test("an empty conversation has no offset", () => {
  const thread = openThread(page([]));
  expect(shownOffset(thread)).toBe("");
  expect(play(thread, 1).upTo).toBe("g1-1");
});
