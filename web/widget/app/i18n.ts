// The words of the chat, in one language, loaded alone.
import type { Locale } from './locales/en.ts';
import { path } from './lazy.ts';
import { language, LANGUAGES } from '../wire/options.ts';

/** The texts of a language by key, with what belongs in the place that one may have. */
export interface Translator {
  /** The tag for dates and numbers, and of the texts. */
  tag: string;
  t(key: keyof Locale, what?: string): string;
}

/** The language of a tag that the gateway has chosen, which knows also older names; else English. */
export function choose(tag: string): string {
  const lang = language(tag);
  return LANGUAGES.includes(lang) ? lang : 'en';
}

/** Loads the texts of a language that `choose` gave. */
export async function loadTranslator(lang: string): Promise<Translator> {
  return translator(lang, (await import(path('locale-' + lang))).default);
}

/** Makes a translator of texts that are there. */
export const translator = (tag: string, locale: Locale): Translator => ({ tag, t: (key, what = '') => locale[key].replace(/\{\w+\}/, () => what) });
