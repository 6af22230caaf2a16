import { CircleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button";
import { cn } from "./cn";

interface NoticeProps {
  children: ReactNode;
  /** Given with the label of the button that closes the notice. */
  onDismiss?: () => void;
  dismiss?: string;
  className?: string;
}

/** Something went wrong, in a plain sentence. */
export function Notice({ children, onDismiss, dismiss, className }: NoticeProps) {
  return (
    <div role="alert" className={cn("flex items-start gap-2 rounded-lg bg-danger-soft px-3 py-2 text-danger", className)}>
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="grow">{children}</div>
      {onDismiss && (
        <Button look="ghost" size="icon" className="-my-1 -me-1.5 size-7 text-danger" aria-label={dismiss} onClick={onDismiss}>
          <X aria-hidden />
        </Button>
      )}
    </div>
  );
}
