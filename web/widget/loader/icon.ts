/** Draws a shape of 28 by 28, without markup, which a page's policy may forbid. */
export function icon(d: string): SVGElement {
  const make = (tag: string) => document.createElementNS('http://www.w3.org/2000/svg', tag) as SVGElement;
  const svg = make('svg');
  const path = make('path');
  path.setAttribute('d', d);
  svg.append(path);
  return svg;
}
