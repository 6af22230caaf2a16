import { useEffect, useLayoutEffect, useRef } from "react";

/** Handlers by key: "j", "ArrowDown", "Escape". */
export type Shortcuts = Readonly<Record<string, ((event: KeyboardEvent) => void) | undefined>>;

/**
 * Listens for single keys while nothing is being typed and no menu or dialog is open. Letters are
 * found by their place when the layout is not Latin, so "t" works on a Ukrainian keyboard.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useLayoutEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable], [role=menu], [role=dialog]")) return;
      const handler = latest.current[keyOf(event)];
      if (!handler) return;
      event.preventDefault();
      handler(event);
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

export function keyOf(event: Pick<KeyboardEvent, "key" | "code">): string {
  if (event.key.length > 1 || /^[\x20-\x7e]$/.test(event.key)) return event.key;
  return /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : event.key;
}
