/**
 * Says whether a text matches a pattern as a whole, `*` standing for any characters. Each part is looked for once,
 * from where the one before ended, so that no pattern takes long.
 */
export function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const last = parts.pop()!;
  if (!parts.length) return pattern === text;
  let at = 0;
  for (const [i, part] of parts.entries()) {
    const found = i ? text.indexOf(part, at) : text.startsWith(part) ? 0 : -1;
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
