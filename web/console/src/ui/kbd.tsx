import type { ReactNode } from "react";
import { cn } from "./cn";

/** A key of the keyboard. Hidden where there is none. */
export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <kbd
      aria-hidden
      className={cn(
        "inline-grid h-4.5 min-w-4.5 place-items-center rounded border border-current/25 px-1 font-sans text-2xs font-medium pointer-coarse:hidden",
        className,
      )}
    >
      {children}
    </kbd>
  );
}
