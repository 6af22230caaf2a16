import { WifiOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useWatchStatus } from "../../live/context";

/** Says that what is shown may be old. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const status = useWatchStatus();
  return (
    <div role="status" className="shrink-0">
      {status === "reconnecting" && (
        <p className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-1.5 text-xs font-medium text-warn">
          <WifiOff aria-hidden className="size-3.5" />
          {t("app.reconnecting")}
        </p>
      )}
    </div>
  );
}
