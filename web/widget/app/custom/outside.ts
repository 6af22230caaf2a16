// Links of the bot's own code lead beside the chat: in its frame they would replace it.

/** Addresses that open a document; the others are for other programs. */
const DOCUMENT = /^(https?|blob|data|about):/;

/** Opens every link that is followed from now on in a tab of its own. Forms lead nowhere: the frame's policy forbids it. */
export function keepLinksOutside(): void {
  // First of all that listen, and when it is followed: scripts add links, and change them.
  addEventListener('click', (event) => event.composedPath().forEach((target) => turnOut(target, event)), { capture: true });
}

function turnOut(target: EventTarget, event: Event): void {
  const link = target as HTMLAnchorElement;
  if (!(target instanceof Element) || !/^(a|area)$/.test(link.localName) || !link.href) return;
  // Those of SVG have an animated one.
  const href = typeof link.href === 'string' ? link.href : (link.href as SVGAnimatedString).animVal;
  let url: URL;
  try {
    url = new URL(href, location.href);
  } catch {
    return;
  }
  const isFile = link.hasAttribute('download') && url.origin === location.origin;
  if (url.href.includes('#') && url.href.split('#')[0] === location.href.split('#')[0]) {
    // The frame's own fragment says whose it is.
    event.preventDefault();
    return document.getElementById(url.hash.slice(1))?.scrollIntoView();
  }
  if (!DOCUMENT.test(url.protocol) || isFile) return;
  link.setAttribute('target', '_blank');
  if (!/\bnoopener\b/.test(link.rel ?? '')) link.setAttribute('rel', 'noopener');
}
