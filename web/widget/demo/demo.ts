// The demo shop: words by the query's language or the browser's, and the reference's own loader form with the bot of
// the query, so that what is shown to copy is what runs here.
import { literal, loader } from './code.ts';
import { en, uk } from './words.ts';

interface DemoWindow {
  kw?: Command;
  kw_event?: (name: string, payload: unknown) => void;
  [name: string]: unknown;
}
type Command = ((...args: unknown[]) => void) & { q?: unknown[]; l?: number };

const page = window as unknown as DemoWindow;
const query = new URLSearchParams(location.search);
const locale = /^uk\b/.test(query.get('lang') ?? navigator.language) ? 'uk' : 'en';
const asked = query.get('bot-id') ?? '1';
const bot = /^[\w-]{1,64}$/.test(asked) ? asked : '1';
const words = locale === 'uk' ? uk : en;
const find = (id: string) => document.getElementById(id)!;

document.documentElement.lang = locale;
if (words.page_title) document.title = words.page_title;
for (const element of document.querySelectorAll<HTMLElement>('[data-t]')) element.textContent = words[element.dataset.t!] ?? element.textContent;
for (const id of ['en', 'uk']) {
  const link = find(id) as HTMLAnchorElement;
  link.search = `?bot-id=${bot}&lang=${id}`;
  if (id === locale) link.setAttribute('aria-current', 'true');
}

const configurator = find('configurator') as HTMLAnchorElement;
configurator.href = `/widget/${locale}/?bot-id=${bot}`;

const snippet = loader(`${location.origin}/widget/v2/kw.js`, `  kw('init', ${literal({ bot_id: bot, language_code: locale, params_from_site: {} }, '  ')});`);
find('snippet').textContent = snippet;

find('copy').addEventListener('click', async (event) => {
  const button = event.currentTarget as HTMLButtonElement;
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(snippet);
  } catch {
    // Without https there is no clipboard: the keyboard copies what is selected.
    getSelection()?.selectAllChildren(find('snippet'));
    return;
  }
  button.textContent = words.copied!;
  setTimeout(() => (button.textContent = before), 2_000);
});
find('ask').addEventListener('click', () => page.kw_event?.('openchat', 1));

// The same as the snippet but for its style, in a file of its own because this page allows nothing inline.
((w: DemoWindow, d: Document, s: 'script', u: string, n: 'kw') => {
  w.KwizbotWidget = n;
  w[n] ??= function (this: void, ...args: unknown[]) {
    (w[n]!.q ??= []).push(args);
  };
  w[n].l = Date.now();
  const e = d.createElement(s);
  const f = d.getElementsByTagName(s)[0]!;
  e.async = true;
  e.src = u;
  f.parentNode!.insertBefore(e, f);
})(page, document, 'script', '/widget/v2/kw.js', 'kw');

page.kw!('init', { bot_id: bot, language_code: locale, params_from_site: { name: words.visitor, page_url: location.href } });
