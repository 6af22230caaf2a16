// Offsets are opaque but for one rule: of one generation, by sequence; generations as strings (protocol §1).

/** Orders two offsets: negative when `a` is the earlier one. */
export function compareOffsets(a: string, b: string): number {
  const [i, j] = [a.lastIndexOf('-'), b.lastIndexOf('-')];
  const [ga, gb] = [a.slice(0, i), b.slice(0, j)];
  if (ga !== gb) return ga < gb ? -1 : 1;
  const [sa, sb] = [a.slice(i + 1), b.slice(j + 1)];
  // Decimal without leading zeros: longer is larger, and no number is too large for this.
  return sa.length - sb.length || (sa < sb ? -1 : sa > sb ? 1 : 0);
}
