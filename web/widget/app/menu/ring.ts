// The sound of a new message: two notes made on the spot, so that no file has to come.

/** Several messages at once are one sound. */
const EVERY_MS = 3_000;
const NOTES = [880, 1318.5];
const APART = 0.11;
const LONG = 0.5;
const LOUD = 0.12;

let context: AudioContext | undefined;
let last = -Infinity;

/** Rings, which is only for who has asked for it; and only after a touch of this page, or a browser would keep silent and complain. */
export function ring(): void {
  const now = performance.now();
  if (!navigator.userActivation?.hasBeenActive || now - last < EVERY_MS) return;
  last = now;
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
