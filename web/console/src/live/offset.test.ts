import { describe, expect, test } from "vitest";
import { compareOffsets, generation, laterOffset } from "./offset";

describe("compareOffsets", () => {
  const cases: Record<string, [a: string, b: string, want: number]> = {
    "the same": ["g1-7", "g1-7", 0],
    "numbers, not strings": ["g1-9", "g1-10", -1],
    "beyond what a double holds": ["g1-9007199254740993", "g1-9007199254740992", 1],
    "the whole of 64 bits": ["g1-18446744073709551614", "g1-18446744073709551615", -1],
    "leading zeros": ["g1-007", "g1-7", 0],
    "empty is before everything": ["", "g1-0", -1],
    "everything is after empty": ["g1-0", "", 1],
    "a generation before a sequence": ["g1-900", "g2-1", -1],
    "a generation with dashes": ["2026-11-22-5", "2026-11-22-40", -1],
    "a sequence that is none": ["g1-x", "g1-0", -1],
  };
  test.each(Object.entries(cases))("%s", (_, [a, b, want]) => {
    expect(compareOffsets(a, b)).toBe(want);
  });
});

test("laterOffset keeps the later one", () => {
  expect(laterOffset("g1-9", "g1-10")).toBe("g1-10");
  expect(laterOffset("g1-9", "")).toBe("g1-9");
});

test("generation is what is before the last dash", () => {
  expect(generation("a-b-12")).toBe("a-b");
  expect(generation("")).toBe("");
});
