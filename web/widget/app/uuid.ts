// Client ids: UUIDv7 (RFC 9562), so that ids made later also sort later.

let last = 0;
let counter = 0;

/**
 * Returns a new canonical lower-case UUIDv7. Ids made in one page are strictly increasing: within a
 * millisecond, or when the clock goes back, the 12 bits of rand_a count up.
 */
export function uuidv7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  if (now > last) {
    last = now;
    // The top bit is left clear, so that the counter has room to count.
    counter = ((bytes[6]! << 8) | bytes[7]!) & 0x7ff;
  } else if (++counter > 0xfff) {
    last++;
    counter = 0;
  }
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(last / 2 ** (40 - 8 * i)) & 0xff;
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
