/** Makes an element; what a page's policy forbids, markup and style attributes, is not needed. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, name: string, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = name;
  element.append(...children);
  return element;
}

/** Adds a sheet to a shadow root, as no policy can forbid. */
export function addSheet(root: ShadowRoot | Document, css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  return sheet;
}
