import { Slot } from "radix-ui";
import type { ReactNode } from "react";

/**
 * Stands in for react-remove-scroll (see vite.config.ts): renders what it wraps and locks nothing.
 * It adds no <style> element, so the console works under `style-src 'self'`.
 */
export function RemoveScroll({ as, children }: { as?: unknown; children: ReactNode }) {
  return as ? <Slot.Root>{children}</Slot.Root> : <>{children}</>;
}
