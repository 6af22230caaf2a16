import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { choose, translator } from '../app/i18n.ts';
import en, { type Locale } from '../app/locales/en.ts';
import { counted } from '../app/side/counted.ts';
import { LANGUAGES } from '../wire/options.ts';
import moreEn, { type Forms } from '../app/words/en.ts';

type Texts = Record<string, string | Forms>;

const at = (path: string) => new URL(`../${path}`, import.meta.url);
const tags = (folder: string, ext: string) => readdirSync(at(folder)).map((name) => name.replace(ext, '')).sort();
const places = (phrase: string) => (phrase.match(/\{\w+\}/g) ?? []).sort().join();
const load = async (path: string) => ((await import(at(path).href)) as { default: Texts }).default;
const locale = (tag: string) => load(`app/locales/${tag}.ts`) as Promise<Locale>;

test('the app, the chunks and the loader speak the same languages', () => {
  const all = LANGUAGES.toSorted();
  expect([tags('app/locales', '.ts'), tags('app/words', '.ts'), tags('loader/words', '.json')]).toEqual([all, all, all]);
});

/** Compares texts with the English ones, plural forms too. */
function compare(tag: string, texts: Texts, model: Texts) {
  expect(Object.keys(texts)).toEqual(Object.keys(model));
  const forms = new Intl.PluralRules(tag).resolvedOptions().pluralCategories.toSorted();
  for (const [key, phrase] of Object.entries(texts)) {
    const first = model[key]!;
    expect([key, typeof phrase]).toEqual([key, typeof first]);
    if (typeof phrase !== 'string') expect([key, Object.keys(phrase).sort()]).toEqual([key, forms]);
    const own = typeof phrase === 'string' ? [phrase] : Object.values(phrase);
    for (const text of own) {
      expect([key, places(text)]).toEqual([key, places(typeof first === 'string' ? first : first.other!)]);
      expect([key, text.trim()]).toEqual([key, text]);
      expect(text, key).not.toBe('');
    }
  }
}

for (const tag of LANGUAGES) {
  test(`${tag} has every phrase, every plural form and the same places`, async () => {
    compare(tag, (await locale(tag)) as Texts, en as Texts);
    compare(tag, await load(`app/words/${tag}.ts`), moreEn);
    const loader = (lang: string) => JSON.parse(readFileSync(at(`loader/words/${lang}.json`), 'utf8')) as Texts;
    compare(tag, loader(tag), loader('en'));
  });
}

/** What is said in a script of its own. */
const scripts: Record<string, RegExp> = { uk: /\p{Script=Cyrillic}/u, ar: /\p{Script=Arabic}/u, he: /\p{Script=Hebrew}/u, ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u, zh: /\p{Script=Han}/u };
for (const [tag, script] of Object.entries(scripts))
  test(`nothing of ${tag} was left in English`, async () => {
    for (const texts of [(await locale(tag)) as Texts, await load(`app/words/${tag}.ts`)])
      for (const [key, phrase] of Object.entries(texts)) for (const text of typeof phrase === 'string' ? [phrase] : Object.values(phrase)) expect(text, key).toMatch(script);
  });

const plurals: Record<string, [number[], string[]]> = {
  uk: [[1, 2, 5, 11, 21, 104], ['1 нове повідомлення', '2 нові повідомлення', '5 нових повідомлень', '11 нових повідомлень', '21 нове повідомлення', '104 нові повідомлення']],
  pl: [[1, 3, 12, 22], ['1 nowa wiadomość', '3 nowe wiadomości', '12 nowych wiadomości', '22 nowe wiadomości']],
  cs: [[1, 4, 5], ['1 nová zpráva', '4 nové zprávy', '5 nových zpráv']],
  ro: [[1, 19, 20], ['1 mesaj nou', '19 mesaje noi', '20 de mesaje noi']],
  ja: [[1, 2], ['新着メッセージ1件', '新着メッセージ2件']],
  fr: [[0, 1, 2], ['0 nouveau message', '1 nouveau message', '2 nouveaux messages']],
};
for (const [tag, [numbers, texts]] of Object.entries(plurals))
  test(`plurals of ${tag}`, async () => {
    const { newMessages } = await load(`app/words/${tag}.ts`);
    expect(numbers.map((n) => counted(n, newMessages as Forms, tag))).toEqual(texts);
  });

test('a name is text, whatever is in it', () => {
  expect(translator('en', en).t('joined', '$& {n}')).toBe('$& {n} joined the chat');
});

const tagged: Record<string, string> = { 'uk-UA': 'uk', 'pt-BR': 'pt', 'zh-Hant-TW': 'zh', 'zh_CN': 'zh', 'EN-gb': 'en', fi: 'en', '': 'en', constructor: 'en' };
for (const [tag, want] of Object.entries(tagged)) test(`the language of "${tag}" is ${want}`, () => expect(choose(tag)).toBe(want));
