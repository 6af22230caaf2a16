// The words of the chat, in one language, loaded alone.
import type { Locale } from './locales/en.ts';
import { path } from './lazy.ts';
import { language, LANGUAGES } from '../wire/options.ts';

/** The texts of a language by key; `n` is written the language's way. */
export interface Translator {
  /** The tag for dates and numbers, and of the texts. */
  tag: string;
  t(key: keyof Locale, params?: { name?: string; n?: number }): string;
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
export function translator(tag: string, locale: Locale): Translator {
  const number = new Intl.NumberFormat(tag);
  return {
    tag,
    t: (key, params = {}) => locale[key].replace(/\{(name|n)\}/g, (_, name) => (name === 'n' ? number.format(params.n ?? 0) : (params.name ?? ''))),
  };
}
