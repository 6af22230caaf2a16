import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { en, type Texts } from "./en";
import { uk } from "./uk";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: Texts };
  }
}

export const languages = { en: "English", uk: "Українська" } as const;
export type Language = keyof typeof languages;

const KEY = "switchboard.language";

/** Translations in the chosen language, otherwise the browser's, otherwise English. */
export function newI18n(language: Language = remembered() ?? preferred()): i18n {
  const instance = createInstance();
  instance.use(initReactI18next);
  void instance.init({
    lng: language,
    fallbackLng: "en",
    supportedLngs: Object.keys(languages),
    resources: { en: { translation: en }, uk: { translation: uk } },
    interpolation: { escapeValue: false }, // React escapes
    initAsync: false,
  });
  const reflect = (lng: string) => {
    document.documentElement.lang = lng;
    document.documentElement.dir = instance.dir(lng);
  };
  reflect(language);
  instance.on("languageChanged", reflect);
  return instance;
}

/** Changes the language and remembers the choice in this browser. */
export function chooseLanguage(instance: i18n, language: Language): void {
  void instance.changeLanguage(language);
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Storage is denied: the choice lasts as long as the page.
  }
}

function remembered(): Language | undefined {
  try {
    return known(localStorage.getItem(KEY) ?? "");
  } catch {
    return undefined;
  }
}

function preferred(): Language {
  for (const tag of navigator.languages) {
    const language = known(tag.split("-")[0] ?? "");
    if (language) return language;
  }
  return "en";
}

function known(tag: string): Language | undefined {
  return tag in languages ? (tag as Language) : undefined;
}
