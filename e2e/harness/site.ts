// A customer's site: pages with the embed code on shop.localhost, another site than the chat's.
import { BOT } from './admin.ts';
import { bundleFile } from './bundles.ts';
import { serve } from './server.ts';
import { appScript } from './apps.ts';
import { hostPages } from './pages.ts';

export interface Site {
  /** An origin that the bot's list may have. */
  origin: string;
  /** Another site with the same pages, that it does not have. */
  stranger: string;
  /** The path of a page that takes its chat from there and knows its visitor by name. */
  page(chat: string, visitor: string): string;
  /** The address of one of the hard pages (pages.ts), with more of its own query. */
  hard(name: string, chat: string, query?: Record<string, string>): string;
  stop(): Promise<void>;
}

/** The reference's embed code, unchanged, as a customer pastes it. */
const embed = (chat: string, params: object) => `<script>
  (function (i, s, o, g, r, a, m) {
    i['KwizbotWidget'] = r;
    i[r] = i[r] || function () {
      (i[r].q = i[r].q || []).push(arguments);
      var css = document.createElement('style');
      css.type = 'text/css';
      css.innerHTML = '.showAfterCssLoaded{display: none}';
      document.head.appendChild(css);
    };
    i[r].l = 1 * new Date();
    a = s.createElement(o);
    m = s.getElementsByTagName(o)[0];
    a.async = 1;
    a.src = g;
    m.parentNode.insertBefore(a, m);
  })(window, document, 'script', '${chat}/widget/v2/kw.js', 'kw');

  kw('init', {
    bot_id: '${BOT}',
    language_code: 'en',
    params_from_site: ${JSON.stringify(params)}
  });
</script>`;

const document = (chat: string, visitor: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>A shop</title>
</head>
<body>
<h1>A shop</h1>
<p>With tea, and with somebody to ask about it.</p>
${embed(chat, { name: visitor, plan: 'regular' })}
</body>
</html>`;

export async function startSite(): Promise<Site> {
  const { port, stop } = await serve(async (request, response) => {
    const { pathname, searchParams: query } = new URL(request.url!, 'http://localhost');
    const file = await bundleFile(pathname);
    if (file) return void response.writeHead(200, { 'Content-Type': file.type }).end(file.body);
    const [chat, visitor] = ['chat', 'visitor'].map((name) => query.get(name) ?? '') as [string, string];
    const script = await appScript(pathname);
    if (script) return void response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' }).end(script);
    const hard = hostPages[pathname];
    if (hard && /^http:\/\/chat\.localhost:\d+$/.test(chat)) {
      const { headers, body } = hard(chat, query);
      return void response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers }).end(body);
    }
    if (!/^http:\/\/chat\.localhost:\d+$/.test(chat) || !/^\w+$/.test(visitor)) return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(document(chat, visitor));
  });
  return {
    origin: `http://shop.localhost:${port}`,
    stranger: `http://copycat.localhost:${port}`,
    hard: (name, chat, more) => `http://shop.localhost:${port}/${name}?${new URLSearchParams({ chat, ...more })}`,
    page: (chat, visitor) => `/?${new URLSearchParams({ chat, visitor })}`,
    stop,
  };
}
