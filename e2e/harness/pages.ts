// Pages of a customer's site that make it hard for a guest: each is a path of the site.

import { APPS } from './apps.ts';

/** What a page is made of. */
export interface HostPage {
  headers?: Record<string, string>;
  body: string;
}

const head = (title: string, more = '') => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,">
<title>${title}</title>
${more}
</head>`;

const shop = '<h1>A shop</h1><p>With tea, and with somebody to ask about it.</p><p><a href="?">Tea</a></p>';

/** Notes what a page must not see: violations of its policy, shifts of its layout, and its globals before we came. */
const watch = `
  window.seen = { violations: [], shift: 0, globals: Object.keys(window), events: [] };
  document.addEventListener('securitypolicyviolation', (e) => seen.violations.push(e.effectiveDirective + ' ' + e.blockedURI));
  new PerformanceObserver((list) => list.getEntries().forEach((e) => (seen.shift += e.value))).observe({ type: 'layout-shift', buffered: true });
  for (const name of ['ready', 'opened', 'closed', 'message', 'unread', 'thinking', 'error'])
    document.addEventListener('kw:' + name, (e) => seen.events.push([name, e.detail]));`;

/** The embed code: our short form of the reference's. */
const embed = (src: string, calls: string, nonce = '') => `
  (function (w, d, s, u, n) {
    w.KwizbotWidget = n;
    w[n] = w[n] || function () { (w[n].q = w[n].q || []).push(arguments) };
    w[n].l = +new Date();
    var e = d.createElement(s), f = d.getElementsByTagName(s)[0];
    e.async = 1; ${nonce && `e.nonce = '${nonce}';`} e.src = ${nonce ? `trustedTypes.createPolicy('page', { createScriptURL: (u) => u }).createScriptURL(u)` : 'u'}; f.parentNode.insertBefore(e, f);
  })(window, document, 'script', '${src}', 'kw');
  ${calls}`;

const plain = (chat: string, calls: string, more = '', body = shop, src = `${chat}/widget/v2/kw.js`) => ({
  body: `${head('A shop', more)}<body>${body}<script>${watch}</script><script>${embed(src, calls)}</script></body></html>`,
});

/** The init of a page whose query may say the options, as JSON. */
const init = (options: string | null) => `kw('init', ${options ?? '{}'});`;

/** The pages by path; `query` is the page's own. */
export const hostPages: Record<string, (chat: string, query: URLSearchParams) => HostPage> = {
  '/plain': (chat, query) => plain(chat, init(query.get('options'))),
  '/old': (chat, query) => plain(chat, init(query.get('options')), '', shop, `${chat}${query.get('src')}`),
  '/nothing': (chat) => plain(chat, ''),
  '/two': (chat) => plain(chat, `kw('init', { bot_id: 1 }); kw('init', { bot_id: 'second', widgetButton: { position: { x: 'left' } } });`),
  '/container': (chat, query) =>
    plain(
      chat,
      `kw('init', { container: '#chat' });`,
      `<style>#chat { ${query.get('size') ?? 'height: 600px; width: 500px'} }</style>`,
      '<h1>Account</h1><div id="chat"></div><p>Below the chat</p>',
    ),
  '/hostile': (chat) =>
    plain(
      chat,
      init(null),
      `<style>
        * { all: unset !important; transition: all 9s !important }
        body > * { display: none !important; opacity: 0 !important; transform: scale(0) !important; position: static !important; z-index: -1 !important; pointer-events: none !important }
        :root { --o: 900px; --x: 900px; --y: 900px; --h: 1px; direction: rtl; font-size: 90px }
        @layer a { kw-widget, iframe, button { visibility: hidden !important } }
        iframe { width: 1px !important; height: 1px !important }
      </style>`,
    ),
  '/dialog': (chat) =>
    plain(
      chat,
      init(null),
      '',
      `${shop}<dialog id="modal"><p>Basket</p><button id="ask">Ask</button> <button id="done">Done</button></dialog><button id="basket">Basket</button>
      <script>
        basket.onclick = () => modal.showModal();
        ask.onclick = () => kw_event('openchat', 1);
        done.onclick = () => modal.close();
      </script>`,
    ),
  '/strict': (chat) => ({
    headers: {
      'Content-Security-Policy': `default-src 'none'; script-src 'nonce-n0nce'; frame-src ${chat}; img-src data:; base-uri 'none'; require-trusted-types-for 'script'; trusted-types page switchboard`,
    },
    body: `${head('A shop')}<body>${shop}<script nonce="n0nce">${watch}</script><script nonce="n0nce">${embed(`${chat}/widget/v2/kw.js`, init(null), 'n0nce')}</script></body></html>`,
  }),
  '/default-policy': (chat) => ({
    headers: { 'Content-Security-Policy': `require-trusted-types-for 'script'; trusted-types default` },
    ...plain(chat, init(null), `<script>trustedTypes.createPolicy('default', { createScriptURL: (url) => url })</script>`),
  }),
  '/no-frames': (chat) => ({
    headers: { 'Content-Security-Policy': `frame-src 'none'` },
    ...plain(chat, init(null)),
  }),
  '/no-parts': (chat) => ({
    headers: { 'Content-Security-Policy': `script-src 'unsafe-inline' ${chat}/widget/v2/kw.js ${chat}/widget/v2/settings/` },
    ...plain(chat, init(null)),
  }),
  '/no-scripts': (chat) => ({
    headers: { 'Content-Security-Policy': `script-src 'unsafe-inline' ${chat}/widget/v2/kw.js` },
    ...plain(chat, init(null)),
  }),
  ...Object.fromEntries(
    APPS.map((name) => [
      `/${name}`,
      (chat: string) => ({ body: `${head('An app')}<body data-chat="${chat}"><div id="root"></div><script>${watch}</script><script type="module" src="/apps/${name}.js"></script></body></html>` }),
    ]),
  ),
  // An application in whose frame the page scrolls.
  '/shell': (chat) => plain(chat, init(null), '<style>body { margin: 0 } main { height: 100vh; overflow: auto } p { margin-top: 3000px }</style>', `<main>${shop}</main>`),
  '/long': (chat) => plain(chat, init(null), '<style>p { margin-top: 3000px }</style>'),
};
