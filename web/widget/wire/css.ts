// Values of the colour tree come from the page and from bot settings. They end in style.setProperty,
// so the worst that a bad one can do is to load something or to hide the chat; this is where both end.

const FUNCTION = /^(([\w-]*-)?gradient|(rgb|hsl)a?|hwb|(ok)?l(ab|ch)|color(-mix)?)\($/;

/**
 * Says whether a value may be used as a background: a colour or a gradient that this browser knows.
 * Anything that could fetch (url, image-set), read (var, env) or hide behind an escape is refused.
 */
export const safeBackground = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length < 300 &&
  !/[\\;{}]|\/\*|inherit|initial|unset|revert/.test(value) &&
  (value.toLowerCase().match(/[\w-]*\(/g) ?? []).every((name) => FUNCTION.test(name)) &&
  CSS.supports('background', value);
