import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/button";

function Centred({ children }: { children: ReactNode }) {
  return <main className="grid h-dvh place-content-center justify-items-center gap-4 px-6 text-center">{children}</main>;
}

export function NotFoundScreen() {
  const { t } = useTranslation();
  return (
    <Centred>
      <h1 className="text-base font-semibold">{t("app.notFound")}</h1>
      <Link to="/dialogs" className="text-accent-text underline underline-offset-2">
        {t("app.toDialogs")}
      </Link>
    </Centred>
  );
}

/** A fault of the console itself. */
export function CrashScreen() {
  const { t } = useTranslation();
  return (
    <Centred>
      <h1 className="text-base font-semibold">{t("app.crashed")}</h1>
      <Button look="primary" onClick={() => window.location.reload()}>
        {t("app.reload")}
      </Button>
    </Centred>
  );
}
