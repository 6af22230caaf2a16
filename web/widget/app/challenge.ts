// Solves what the gateway asks of newcomers when a bot is under attack (protocol §2), by trying numbers. A
// script of its own, which is loaded only then, and which is its own worker, so that the page goes on.

/** What is asked: a counter, so that SHA-256 of "<nonce>:<counter>" begins with so many zero bits. */
export interface Challenge {
  nonce: string;
  difficulty: number;
}

/** Tried at once where there is no worker: some milliseconds. */
const SLICE = 4_000;

// The constants of SHA-256 are fractions of the roots of the first primes.
const primes: number[] = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
const fraction = (x: number) => ((x % 1) * 2 ** 32) | 0;
const K = Int32Array.from(primes, (p) => fraction(Math.cbrt(p)));
const START = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)));

const block = new Uint8Array(64);
const view = new DataView(block.buffer);
const encoder = new TextEncoder();
const w = new Int32Array(64);

const turn = (x: number, by: number) => (x >>> by) | (x << (32 - by));

/** The first 32 bits of the SHA-256 of an ASCII text of at most 55 characters, which is one block. */
export function hash(text: string): number {
  block.fill(0);
  encoder.encodeInto(text, block);
  block[text.length] = 0x80;
  view.setUint32(60, text.length * 8);
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(i * 4);
  for (let i = 16; i < 64; i++) {
    const [x, y] = [w[i - 15]!, w[i - 2]!];
    w[i] = (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)) + w[i - 16]! + w[i - 7]!;
  }
  let [a, b, c, d, e, f, g, h] = START as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const s = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0;
    const t = (s + (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + s) | 0;
    d = c;
    c = b;
    b = a;
    a = t;
  }
  return (a + START[0]!) >>> 0;
}

/** Tries counters from `from` on, before `to`. */
function find({ nonce, difficulty }: Challenge, from: number, to: number): string | undefined {
  for (let n = from; n < to; n++) {
    const text = `${nonce}:${n}`;
    if (Math.clz32(hash(text)) >= difficulty) return text;
  }
  return undefined;
}

/** On the page itself, with room for all else. */
async function findHere(asked: Challenge): Promise<string> {
  for (let from = 0; ; from += SLICE) {
    const found = find(asked, from, from + SLICE);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** The solution, "<nonce>:<counter>". */
export const solve = (asked: Challenge): Promise<string> =>
  new Promise<string>((resolve, reject) => {
    const worker = new Worker(import.meta.url, { type: 'module' });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data as string);
    };
    worker.onerror = reject;
    worker.postMessage(asked);
  }).catch(() => findHere(asked));

if ('WorkerGlobalScope' in globalThis) onmessage = ({ data }) => postMessage(find(data as Challenge, 0, Infinity));
