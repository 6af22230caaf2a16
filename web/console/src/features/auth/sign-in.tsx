import { Code } from "@connectrpc/connect";
import { useRouter, useSearch } from "@tanstack/react-router";
import { Eye, EyeOff } from "lucide-react";
import { useEffect, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api";
import { hasCode, problemText } from "../../api/problem";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Logo } from "../../ui/logo";
import { Notice } from "../../ui/notice";
import { LanguageLinks } from "./language-links";

/** The sign-in screen; afterwards the page that was asked for. */
export function SignInScreen() {
  const { t } = useTranslation();
  const router = useRouter();
  const { to } = useSearch({ from: "/sign-in" });
  useEffect(() => {
    document.title = `${t("signIn.title")} · ${t("app.name")}`;
  }, [t]);
  return (
    <div className="flex h-dvh flex-col items-center overflow-y-auto px-4 py-6">
      <main className="my-auto w-full max-w-90">
        <Logo className="size-10" />
        <h1 className="mt-5 text-[1.375rem]/7 font-semibold tracking-tight">{t("signIn.title")}</h1>
        <p className="mt-1 text-base text-muted">{t("signIn.lead")}</p>
        <SignInForm onDone={() => (to ? router.history.replace(to) : void router.navigate({ to: "/dialogs", replace: true }))} />
      </main>
      <footer className="pt-8">
        <LanguageLinks />
      </footer>
    </div>
  );
}

export function SignInForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const { session } = useApi();
  const [visible, setVisible] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const data = new FormData(form);
    setBusy(true);
    setProblem(undefined);
    try {
      await session.signIn(String(data.get("email")).trim(), String(data.get("password")));
      onDone();
    } catch (e) {
      setProblem(hasCode(e, Code.Unauthenticated) ? t("signIn.wrong") : problemText(e, t));
      form.querySelector<HTMLInputElement>("[name=password]")?.select();
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="mt-7 grid gap-4" onSubmit={(e) => void submit(e)}>
      <Field label={t("signIn.email")} name="email" type="email" autoComplete="username" inputMode="email" spellCheck={false} autoCapitalize="none" required autoFocus />
      <Field
        label={t("signIn.password")}
        name="password"
        type={visible ? "text" : "password"}
        autoComplete="current-password"
        maxLength={256}
        required
        end={
          <Button look="ghost" size="icon" aria-label={t("signIn.show")} aria-pressed={visible} onClick={() => setVisible(!visible)}>
            {visible ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          </Button>
        }
      />
      {problem && <Notice>{problem}</Notice>}
      <Button look="primary" size="lg" type="submit" className="mt-1 w-full" aria-disabled={busy}>
        {t(busy ? "signIn.busy" : "signIn.submit")}
      </Button>
    </form>
  );
}
