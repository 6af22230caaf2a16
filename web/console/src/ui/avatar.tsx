import { cn } from "./cn";

/** Pairs that are readable on their own in light and dark. */
const tints = ["#4f46e5", "#0f766e", "#b45309", "#be185d", "#0369a1", "#7c3aed", "#4d7c0f", "#b91c1c"];

/** Initials on a colour of the person's own. Decorative: the name is beside it. */
export function Avatar({ name, seed = name, className }: { name: string; seed?: string; className?: string }) {
  let hash = 0;
  for (const c of seed) hash = (hash * 31 + (c.codePointAt(0) ?? 0)) | 0;
  return (
    <span
      aria-hidden
      style={{ backgroundColor: tints[Math.abs(hash) % tints.length] }}
      className={cn("grid size-8 shrink-0 place-items-center rounded-full text-xs font-semibold text-[#fff] select-none", className)}
    >
      {initials(name)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters.map((w) => [...(w ?? "")][0] ?? "").join("").toLocaleUpperCase();
}
