import { WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWatchStatus } from "../../live/context";

/** The stream ends whenever its token runs out: one that is back by then is not worth a word. */
const PATIENCE_MS = 1_500;

/** Says that what is shown may be old. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const away = useWatchStatus() === "reconnecting";
  const [told, setTold] = useState(false);
  useEffect(() => {
    if (!away) return;
    const timer = setTimeout(() => setTold(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setTold(false);
    };
  }, [away]);
  return (
    <div role="status" className="shrink-0">
      {told && (
        <p className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-1.5 text-xs font-medium text-warn">
          <WifiOff aria-hidden className="size-3.5" />
          {t("app.reconnecting")}
        </p>
      )}
    </div>
  );
}
