// Values of the colour tree come from the page and from bot settings. They end in style.setProperty,
// so the worst that a bad one can do is to load something or to hide the chat; this is where both end.

const FUNCTION = /^(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|(repeating-)?(linear|radial|conic)-gradient)$/;

/**
 * Says whether a value may be used as a background: a colour or a gradient that this browser knows.
 * Anything that could fetch (url, image-set), read (var, env) or hide behind an escape is refused.
 */
export function safeBackground(value: unknown): value is string {
  if (typeof value !== 'string' || !value || value.length > 300 || /[\\;{}]|\/\*/.test(value)) return false;
  for (const call of value.matchAll(/([\w-]*)\(/g)) if (!FUNCTION.test(call[1]!.toLowerCase())) return false;
  return !/^\s*(inherit|initial|unset|revert(-layer)?)\s*$/i.test(value) && CSS.supports('background', value);
}
