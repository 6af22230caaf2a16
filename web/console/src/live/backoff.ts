/** Full jitter over an exponential ceiling: many consoles must not come back at the same moment. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(30_000, 500 * 2 ** Math.min(attempt, 10));
  return 250 + random() * ceiling;
}
