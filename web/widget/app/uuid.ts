// Client ids: UUIDv7 (RFC 9562), so that ids made later also sort later.

let last = 0;
let counter = 0;

/**
 * Returns a new canonical lower-case UUIDv7. Ids made in one page are strictly increasing: within a
 * millisecond, or when the clock goes back, the 12 bits of rand_a count up.
 */
export function uuidv7(now: number = Date.now()): string {
  const [a, b, c] = crypto.getRandomValues(new Uint32Array(3)) as unknown as [number, number, number];
  if (now > last) {
    last = now;
    // The top bit is left clear, so that the counter has room to count.
    counter = a & 0x7ff;
  } else if (++counter > 0xfff) {
    last++;
    counter = 0;
  }
  return `${hex(last, 12).replace(/.{8}/, '$&-')}-7${hex(counter, 3)}-${hex(0x8000 | (a >>> 18), 4)}-${hex(b, 8)}${hex(c >>> 16, 4)}`;
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
