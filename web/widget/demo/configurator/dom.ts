// Elements with properties and children; strings become text, never markup.

type Child = Node | string | undefined | false;
type Props<K extends keyof HTMLElementTagNameMap> = Omit<Partial<HTMLElementTagNameMap[K]>, 'style' | 'dataset' | 'autocomplete' | 'role'> & { style?: Record<string, string>; dataset?: Record<string, string>; for?: string; role?: string; autocomplete?: string; [aria: `aria-${string}`]: string };

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props<K> = {} as Props<K>, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith('aria-') || name === 'role') element.setAttribute(name, String(value));
    else if (name === 'for') element.setAttribute('for', String(value));
    else if (name === 'dataset') Object.assign(element.dataset, value);
    else if (name === 'style') for (const [property, it] of Object.entries(value as Record<string, string>)) element.style.setProperty(property, it);
    else (element as unknown as Record<string, unknown>)[name] = value;
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A picture of one path, of 24 by 24, for decoration. */
export function icon(d: string, filled = false): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  if (filled) svg.classList.add('filled');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', d);
  svg.append(path);
  return svg;
}
