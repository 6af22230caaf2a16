// @vitest-environment jsdom
import { expect, test } from "vitest";
import { en } from "./en";
import { newFormat } from "./format";
import { newI18n } from "./i18n";
import { uk } from "./uk";

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ""): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") out.set(prefix + key, value);
    else for (const [k, v] of flatten(value, `${prefix}${key}.`)) out.set(k, v);
  }
  return out;
}

const plural = /_(zero|one|two|few|many|other)$/;
const texts = { en: flatten(en), uk: flatten(uk) };

test("both languages have the same keys", () => {
  const bare = (language: keyof typeof texts) => new Set([...texts[language].keys()].map((k) => k.replace(plural, "")));
  expect(bare("uk")).toEqual(bare("en"));
});

test.each(["en", "uk"] as const)("%s has every plural form of its language", (language) => {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const counted = new Set([...texts[language].keys()].filter((k) => plural.test(k)).map((k) => k.replace(plural, "")));
  const want = [...counted].flatMap((key) => forms.map((form) => `${key}_${form}`));
  expect([...texts[language].keys()].filter((k) => plural.test(k)).sort()).toEqual(want.sort());
});

test("both languages fill in the same names", () => {
  const slots = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort();
  for (const [key, text] of texts.en) {
    const other = texts.uk.get(key);
    if (other !== undefined) expect({ key, slots: slots(other) }).toEqual({ key, slots: slots(text) });
  }
});

test.each([
  [1, "1 непрочитане повідомлення"],
  [3, "3 непрочитані повідомлення"],
  [11, "11 непрочитаних повідомлень"],
  [21, "21 непрочитане повідомлення"],
])("Ukrainian counts %i", (count, want) => {
  expect(newI18n("uk").t("dialogs.unread", { count })).toBe(want);
});

test.each([
  [0, "0 sec"],
  [59_999, "59 sec"],
  [60_000, "1 min"],
  [3_600_000, "1 hr"],
  [3_900_000, "1 hr 5 min"],
  [-5_000, "0 sec"], // the server's clock may be ahead of this one
])("a duration of %i ms", (ms, want) => {
  expect(newFormat("en-US").duration(ms)).toBe(want);
});

test("sizes are in words that a language has", () => {
  expect([1n, 8n, 1_400n, 1_400_000n].map(newFormat("en").size)).toEqual(["1 byte", "8 bytes", "1 kB", "1.4 MB"]);
  expect(newFormat("uk").size(8n)).toBe("8 байтів");
});
