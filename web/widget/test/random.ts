// Random input that is the same in every run, so that what fails once fails again.

/** Numbers from 0 to 1; the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A text of some of the pieces. */
export const textOf = (next: () => number, pieces: string[], most: number): string =>
  Array.from({ length: Math.floor(next() * most) }, () => pieces[Math.floor(next() * pieces.length)]!).join('');
