// Offsets are opaque but for one rule: of one generation, by sequence; generations as strings (protocol §1).

/** Orders two offsets: negative when `a` is the earlier one. */
export function compareOffsets(a: string, b: string): number {
  const [x, y] = [key(a), key(b)];
  return x < y ? -1 : +(x > y);
}

/** A text that sorts as the offset does: the sequence is a decimal number without leading zeros. */
const key = (offset: string) => offset.replace(/-(\d+)$/, (_, sequence: string) => '\0' + sequence.padStart(40, '0'));
