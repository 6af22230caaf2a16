import { Link } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useDialogSet } from "../../live/context";
import { waiting } from "../../live/dialog-set";
import { Logo } from "../../ui/logo";
import { AccountMenu } from "./account-menu";

/** The console's sections, on wide screens. */
export function Rail() {
  const { t } = useTranslation();
  const count = waiting(useDialogSet()).length;
  return (
    <header className="hidden w-14 shrink-0 flex-col items-center gap-4 border-e border-line py-3 md:flex">
      <Logo />
      <nav aria-label={t("app.sections")}>
        <Link
          to="/dialogs"
          title={t("dialogs.title")}
          className="relative grid size-10 place-items-center rounded-xl text-muted hover:bg-hover hover:text-ink data-[status=active]:bg-accent-soft data-[status=active]:text-accent-text"
        >
          <MessagesSquare aria-hidden className="size-5" />
          <span className="sr-only">{t("dialogs.title")}</span>
          {count > 0 && (
            <span aria-hidden className="absolute -end-0.5 -top-0.5 grid h-4 min-w-4 place-items-center rounded-full bg-accent px-1 text-2xs font-semibold text-accent-ink tabular-nums">
              {count > 99 ? "99+" : count}
            </span>
          )}
        </Link>
      </nav>
      <div className="mt-auto">
        <AccountMenu />
      </div>
    </header>
  );
}
