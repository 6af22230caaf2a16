// The work of newcomers, against the platform's own SHA-256.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hash, solve } from '../app/challenge.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest().readUInt32BE(0);

test('the hash is SHA-256', () => {
  for (let length = 0; length <= 55; length++) {
    const text = 'Switchboard-_0123456789:'.repeat(3).slice(0, length);
    expect(hash(text)).toBe(sha256(text));
  }
});

test.each([1, 8, 14])('a challenge of %i bits is solved', async (difficulty) => {
  const nonce = 'x'.repeat(34);
  const solution = await solve({ nonce, difficulty });
  expect(solution).toMatch(new RegExp(`^${nonce}:(0|[1-9]\\d*)$`));
  expect(Math.clz32(sha256(solution))).toBeGreaterThanOrEqual(difficulty);
});
