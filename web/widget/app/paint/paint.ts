// Text that can be read on whatever a bot or a page has chosen as background: a chunk for those who have.

/** WCAG 2.2 AA for text of our sizes. */
const ENOUGH = 4.5;

/** Turns any CSS colour into red, green, blue and alpha, all from 0 to 255. */
export type Resolve = (color: string) => number[] | undefined;

/** The text colour if it can be read on every part of the background, else black or white if they can be better. */
export function readable(background: string, text: string, resolve: Resolve): string {
  const stops = colorsOf(background).map(resolve).filter((c) => c && c[3]! > 127);
  const front = resolve(text);
  if (!stops.length || !front) return text;
  const worst = (c: readonly number[]) => Math.min(...stops.map((stop) => contrast(stop!, c)));
  const [own, white, black] = [front, [255, 255, 255], [17, 17, 17]].map(worst);
  if (own! >= Math.min(ENOUGH, Math.max(white!, black!))) return text;
  return white! >= black! ? '#fff' : '#111';
}

/** The colours in a background: its stops, if it is a gradient. */
export const colorsOf = (background: string) =>
  (background.match(/#\w+|\b(?!\w*gradient)\w+\([^()]*\)|[a-z]+/gi) ?? []).filter((token) => CSS.supports('color', token));

/** The contrast ratio of WCAG, 1 to 21. */
export function contrast(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const luminance = (rgb: readonly number[]): number =>
  [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const c = rgb[i]! / 255;
    return sum + weight * (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  }, 0);

let context: CanvasRenderingContext2D | null | undefined;

/** Resolves through a canvas, which knows every colour that the browser knows. */
export const canvasResolve: Resolve = (color) => {
  context ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!context || !CSS.supports('color', color)) return undefined;
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data];
};

/** The text that is drawn on a background. */
export const choose = (background: string, text: string): string => readable(background, text, canvasResolve);
