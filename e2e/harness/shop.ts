// A shop that has a bot for each of its pages, so that tests do not meet; and what its bots link to and load.
import { known, type Admin } from './admin.ts';
import type { Deployment } from './deployment.ts';
import { serve } from './server.ts';

type Json = Record<string, unknown>;

export interface Shop {
  origin: string;
  /** The same by its address, for those who do not know the names below localhost. */
  address: string;
  /** Makes a bot that greets by name and has the entry points `tea` and `person`, and returns its id when every gateway knows it. */
  bot(widget?: Json, more?: Json): Promise<string>;
  /** Changes some of a bot's widget, and waits for nothing. */
  change(bot: string, widget: Json, more?: Json): Promise<void>;
  /** The address of a page with the widget, with these options; from a gateway, where it is not that of all. */
  page(options: Json, gateway?: string): string;
  stop(): Promise<void>;
}

const SCENARIO = JSON.stringify({
  format: 1,
  nodes: [
    { id: 'start', type: 'start', next: 'hello' },
    { id: 'hello', type: 'message', text: 'Hello, {{name|stranger}}!' },
    { id: 'to-tea', type: 'entry', alias: 'tea', next: 'tea' },
    { id: 'tea', type: 'message', text: 'Tea it is, {{name|stranger}}.' },
    { id: 'to-person', type: 'entry', alias: 'person', next: 'person' },
    { id: 'person', type: 'connect_operator', topic: 'shop', text: 'One moment.' },
  ],
});

const html = (chat: string, options: Json) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,"><title>A shop</title></head>
<body><h1>A shop</h1>
<script>
  window.kw = function () { (kw.q = kw.q || []).push(arguments) };
  window.heard = [];
  for (const name of ['ready', 'opened', 'closed', 'message', 'error']) kw('on', name, (detail) => heard.push([name, detail]));
  kw('init', ${JSON.stringify({ language_code: 'en', ...options })});
</script>
<script async src="${chat}/widget/v2/kw.js"></script>
</body></html>`;

const files: Record<string, [type: string, body: string]> = {
  // Linked to.
  '/sencha': [
    'text/html; charset=utf-8',
    '<!doctype html><html><head><title>x</title><meta property="og:title" content="Sencha Uji"><meta property="og:description" content="Fresh as a meadow after rain"><meta property="og:site_name" content="Leaf &amp; Kettle"></head></html>',
  ],
  // Loaded by code of a bot.
  '/code.js': ['text/javascript', 'window.loaded = true;'],
};

export async function startShop(deployment: Deployment, admin: Admin): Promise<Shop> {
  const { port, stop } = await serve((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    const [type, body] = pathname === '/' ? ['text/html; charset=utf-8', html(searchParams.get('chat')!, JSON.parse(searchParams.get('options')!) as Json)] : (files[pathname] ?? []);
    if (type) response.writeHead(200, { 'Content-Type': type }).end(body);
    else response.writeHead(404).end();
  });
  const origin = `http://shop.localhost:${port}`;
  const run = Date.now().toString(36);
  let made = 0;
  return {
    origin,
    address: `http://127.0.0.1:${port}`,
    async bot(widget = {}, more = {}) {
      const id = `shop-${run}-${++made}`;
      await admin.call('config.v1.BotService/CreateBot', { bot: { id, name: 'Leaf & Kettle', widget: { title: 'Leaf & Kettle', ...widget }, allowedOrigins: [origin], ...more } });
      await admin.call('scenario.v1.ScenarioService/PublishScenario', { bot: id, json: SCENARIO });
      for (const gateway of deployment.gateways) await known(gateway, id, origin);
      return id;
    },
    async change(id, widget, more = {}) {
      const { bot } = (await admin.call('config.v1.BotService/GetBot', { id })) as { bot: { widget: Json } };
      await admin.call('config.v1.BotService/UpdateBot', { bot: { ...bot, widget: { ...bot.widget, ...widget }, ...more } });
    },
    page: (options, gateway = deployment.url) => `${origin}/?${new URLSearchParams({ chat: gateway, options: JSON.stringify(options) })}`,
    stop,
  };
}
