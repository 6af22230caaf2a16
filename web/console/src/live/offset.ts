// Offsets are opaque places in the log, "<generation>-<sequence>"; see docs/protocol.md §1 for the
// one rule by which they may be ordered.

export function generation(offset: string): string {
  return offset.slice(0, Math.max(0, offset.lastIndexOf("-")));
}

/** Orders two offsets as the log does. Empty comes before everything. */
export function compareOffsets(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "" || b === "") return a === "" ? -1 : 1;
  const ga = generation(a);
  const gb = generation(b);
  if (ga !== gb) return ga < gb ? -1 : 1;
  const sa = sequence(a);
  const sb = sequence(b);
  return sa < sb ? -1 : sa > sb ? 1 : 0;
}

/** The later of two offsets. */
export function laterOffset(a: string, b: string): string {
  return compareOffsets(a, b) < 0 ? b : a;
}

/** A sequence is 64 bits wide, more than a number holds. */
function sequence(offset: string): bigint {
  const digits = offset.slice(offset.lastIndexOf("-") + 1);
  return /^\d+$/.test(digits) ? BigInt(digits) : -1n;
}
