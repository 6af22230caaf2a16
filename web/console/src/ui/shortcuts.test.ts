import { expect, test } from "vitest";
import { keyOf } from "./shortcuts";

test.each([
  ["t", "KeyT", "t"],
  ["е", "KeyT", "t"], // Ukrainian layout
  ["о", "KeyJ", "j"],
  ["t", "KeyK", "t"], // Dvorak: the letter counts
  ["Escape", "Escape", "Escape"],
  ["ї", "BracketRight", "ї"],
])("%s on %s is %s", (key, code, want) => {
  expect(keyOf({ key, code })).toBe(want);
});
