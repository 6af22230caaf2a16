// What not every conversation needs comes in scripts of its own, the chunks. They are built apart from the app and share
// nothing with it: what they draw is plain DOM, and what they know comes from the view that they are given.
import type { More } from './words/en.ts';

/** The chunks, each a folder with an entry of its name. */
export interface Chunks {
  extras: typeof import('./extras/extras.ts');
  rich: typeof import('./rich/rich.ts');
  menu: typeof import('./menu/menu.ts');
  emoji: typeof import('./emoji/emoji.ts');
  custom: typeof import('./custom/custom.ts');
  side: typeof import('./side/side.ts');
  paint: typeof import('./paint/paint.ts');
  polling: typeof import('./polling/polling.ts');
}

/** The hash in the names of the chunks and of all words; the build knows it. */
declare const CHUNKS: string;

/** Where a script is whose name the app knows: one hash for all costs less than one for each. */
export const path = (name: string) => `./${name}-${CHUNKS}.js`;

const there: Partial<Chunks> = {};
let tag = 'en';
let more: More | undefined;

/** The words of the chunks. There once a chunk is. */
export const moreWords = (): More => more!;

/** Says which language the chunks speak, before the first one is loaded. */
export const speak = (next: string): void => void (tag = next);

/** A chunk if it is there. */
export const loaded = <K extends keyof Chunks>(name: K): Chunks[K] | undefined => there[name];

/** Loads a chunk, and the words that all of them have; a failed attempt can be repeated. */
export async function lazy<K extends keyof Chunks>(name: K): Promise<Chunks[K]> {
  const [chunk, words] = await Promise.all([there[name] ?? import(path(name)), more ?? import(path(`words-${tag}`)).then((module) => module.default)]);
  more = words as More;
  return (there[name] = chunk as Chunks[K]);
}
