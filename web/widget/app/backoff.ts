// How long to wait before trying again.

/** The bounds of a wait, in milliseconds. */
export interface Bounds {
  min: number;
  max: number;
}

/**
 * Full jitter: evenly spread between `min` and a ceiling that doubles with each attempt (from 0) up to
 * `max`, so that the visitors of a restarted gateway do not come back all at once. A wait that the
 * server asked for comes before it, of `max` times four at most.
 */
export function backoff(attempt: number, { min, max }: Bounds, asked = 0, random: () => number = Math.random): number {
  const ceiling = Math.min(max, min * 2 ** Math.min(attempt + 1, 30));
  return Math.min(asked, 4 * max) + min + (ceiling - min) * random();
}
