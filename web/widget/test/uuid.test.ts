import { expect, test } from 'vitest';
import { uuidv7 } from '../app/uuid.ts';

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const timeOf = (id: string) => parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

test('is canonical and carries the time', () => {
  const now = Date.now() + 1000;
  const id = uuidv7(now);
  expect(id).toMatch(CANONICAL);
  expect(timeOf(id)).toBe(now);
});

test('ids of one page strictly increase, within a millisecond and when the clock goes back', () => {
  const now = Date.now() + 2000;
  const ids = Array.from({ length: 10_000 }, (_, i) => uuidv7(i % 3 ? now : now - 500));
  expect(ids).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(CANONICAL);
});
