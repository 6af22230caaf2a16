import { expect, test } from 'vitest';
import { backoff } from '../app/backoff.ts';
import { compareOffsets } from '../app/offset.ts';

const cases: Record<string, [string, string, -1 | 0 | 1]> = {
  'the same': ['g-7', 'g-7', 0],
  'by number, not by letters': ['g-9', 'g-10', -1],
  'beyond what a number holds': ['g-9007199254740993', 'g-9007199254740992', 1],
  'a later generation': ['b-1', 'a-999', 1],
  'a generation with dashes': ['2026-11-22', '2026-11-9', 1],
};

for (const [name, [a, b, want]] of Object.entries(cases)) {
  test(`offsets: ${name}`, () => {
    expect(Math.sign(compareOffsets(a, b))).toBe(want);
    expect(Math.sign(compareOffsets(b, a))).toBe(want === 0 ? 0 : -want);
  });
}

test('a wait is jittered between its bounds, doubles, and honours the server', () => {
  const bounds = { min: 100, max: 10_000 };
  for (let attempt = 0; attempt < 50; attempt++) {
    const ceiling = Math.min(10_000, 100 * 2 ** (attempt + 1));
    expect(backoff(attempt, bounds, 0, () => 0)).toBe(100);
    expect(backoff(attempt, bounds, 0, () => 1)).toBe(ceiling);
  }
  // What the server asks for is the same for all: the jitter comes on top.
  expect([backoff(0, bounds, 5_000, () => 0), backoff(0, bounds, 5_000, () => 1)]).toEqual([5_100, 5_200]);
  expect(backoff(0, bounds, 1e9, () => 0)).toBe(40_100);
});
