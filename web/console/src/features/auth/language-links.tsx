import { useTranslation } from "react-i18next";
import { chooseLanguage, languages, type Language } from "../../i18n/i18n";
import { Button } from "../../ui/button";

/** Every language in its own words. */
export function LanguageLinks() {
  const { i18n, t } = useTranslation();
  return (
    <ul className="flex gap-1" aria-label={t("app.language")}>
      {(Object.keys(languages) as Language[]).map((language) => (
        <li key={language}>
          <Button
            look="ghost"
            lang={language}
            className="aria-pressed:font-semibold aria-pressed:text-ink"
            aria-pressed={i18n.language === language}
            onClick={() => chooseLanguage(i18n, language)}
          >
            {languages[language]}
          </Button>
        </li>
      ))}
    </ul>
  );
}
