import { expect, test } from 'vitest';
import { choose, loadTranslator, translator } from '../app/i18n.ts';
import en from '../app/locales/en.ts';
import uk from '../app/locales/uk.ts';
import moreEn from '../app/words/en.ts';
import moreUk from '../app/words/uk.ts';

const locales = { en, uk };
const places = (phrase: string) => (phrase.match(/\{\w+\}/g) ?? []).sort().join();

for (const [tag, locale] of Object.entries(locales)) {
  test(`${tag} has every phrase, every plural form and the same places`, () => {
    expect(Object.keys(locale).sort()).toEqual(Object.keys(en).sort());
    const forms = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
    for (const [key, phrase] of Object.entries(locale)) {
      const own = typeof phrase === 'string' ? [phrase] : forms.map((form) => phrase[form]);
      const model = en[key as keyof typeof en];
      const first = typeof model === 'string' ? model : model.other!;
      for (const text of own) expect([key, text && places(text)]).toEqual([key, places(first)]);
    }
  });
}

test('the chunks speak the same languages, with the same places', () => {
  const more: Record<string, Record<string, string>> = { en: moreEn, uk: moreUk };
  expect(Object.keys(more)).toEqual(Object.keys(locales));
  for (const words of Object.values(more)) {
    expect(Object.keys(words).sort()).toEqual(Object.keys(moreEn).sort());
    for (const [key, text] of Object.entries(words)) expect([key, places(text)]).toEqual([key, places(more.en![key]!)]);
  }
});

test('plurals', async () => {
  const { t } = await loadTranslator('uk');
  expect([1, 2, 5, 11, 21, 104].map((n) => t('newMessages', { n }))).toEqual(['1 нове повідомлення', '2 нові повідомлення', '5 нових повідомлень', '11 нових повідомлень', '21 нове повідомлення', '104 нові повідомлення']);
});

test('a name is text, whatever is in it', () => {
  expect(translator('en', en).t('joined', { name: '$& {n}' })).toBe('$& {n} joined the chat');
});

test('a language that there is not is English', () => expect(['uk-UA', 'de', ''].map(choose)).toEqual(['uk', 'en', 'en']));
