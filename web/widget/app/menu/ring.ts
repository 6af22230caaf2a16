// The sound of a new message: two notes made on the spot, so that no file has to come.

/** Several messages at once are one sound, */
const EVERY_MS = 3_000;
/** and one that is read at once in another tab is none. */
const READ_MS = 250;
const NOTES = [880, 1318.5];
const APART = 0.11;
const LONG = 0.5;
const LOUD = 0.12;

let context: AudioContext | undefined;
let isBusy = false;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Only after a touch of this page: a browser would keep silent and complain. */
const mayRing = () => navigator.userActivation?.hasBeenActive;

/** Rings for a message, if it is still news then. All tabs are told of it; one of them rings. */
export async function ringFor(isNews: () => unknown): Promise<void> {
  if (!mayRing()) return;
  const once = async (mine: unknown) => {
    if (!mine) return;
    await wait(READ_MS);
    if (!isNews()) return;
    ring();
    await wait(EVERY_MS);
  };
  try {
    await navigator.locks.request('kw:ring', { ifAvailable: true }, once);
  } catch {
    // Storage is denied, or the page has not come over TLS: there is no way to agree with the others.
    if (isBusy) return;
    isBusy = true;
    await once(true);
    isBusy = false;
  }
}

/** Rings. */
export function ring(): void {
  if (!mayRing()) return;
  try {
    context ??= new AudioContext();
    void context.resume();
    NOTES.forEach((frequency, i) => note(context!, frequency, context!.currentTime + i * APART));
  } catch {
    // A computer without sound.
  }
}

/** One that swells at once and dies away like a bell. */
function note(audio: AudioContext, frequency: number, from: number): void {
  const tone = audio.createOscillator();
  const gain = audio.createGain();
  tone.frequency.value = frequency;
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(LOUD, from + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0001, from + LONG);
  tone.connect(gain).connect(audio.destination);
  tone.start(from);
  tone.stop(from + LONG);
}
