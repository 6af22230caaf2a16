// Loads the extras once, when they are first needed.
export type Extras = typeof import('./extras.ts');

/** The path of the extras' script; the build knows it. */
declare const EXTRAS: string;

let loaded: Extras | undefined;

/** The extras if they are there. */
export const extras = (): Extras | undefined => loaded;

/** Loads them; a failed attempt can be repeated. */
export const loadExtras = async (): Promise<Extras> => (loaded ??= await import(EXTRAS));
