// A bot that shows everything that the widget can draw, each at an entry point of its scenario, and a page for it.
import { known, type Admin } from './admin.ts';
import { serve } from './server.ts';

/** The bot's id. */
export const GALLERY = 'gallery';

const PICTURES = ['sencha', 'oolong', 'mint', 'assam'];

/** Colours of the pictures, which are drawn here: two hills and a sun. */
const picture = (name: string) => {
  const hue = 40 + PICTURES.indexOf(name) * 70;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 320" width="480" height="320"><rect width="480" height="320" fill="hsl(${hue} 60% 88%)"/><circle cx="350" cy="90" r="46" fill="hsl(${hue + 30} 80% 72%)"/><path d="M0 230C120 130 210 250 320 190s110-10 160 10v120H0Z" fill="hsl(${hue} 40% 60%)"/><path d="M0 270c110-70 210 20 300-20s140-20 180 0v70H0Z" fill="hsl(${hue} 45% 42%)"/></svg>`;
};

const HTML = '👋 <b>Bold</b>, <i>italic</i>, <u>underlined</u>, <s>struck</s>, <code>inline code</code> and <a href="https://example.com/tea">a link</a>:\n<pre>kettle.heat(80)</pre>';
const MARKDOWN = `### How to make sencha

1. Heat the water to **80 °C**
2. Pour it over *one spoon* of leaves
3. Wait for ~~three~~ two minutes

> Tea waits for nobody.

- \`leaves\`: 4 g
- \`water\`: 200 ml

\`\`\`
kettle.heat(80)
\`\`\`
More in [our guide](https://example.com/guide).`;

const buttons = (next: string, ...labels: string[]) => labels.map((Text, i) => ({ Text, Columns: i ? 3 : 6, next }));
const ends = (alias: string, node: object) => [{ id: `to-${alias}`, type: 'entry', alias, next: alias }, { id: alias, ...node }];
const asks = (alias: string, text: string, ...fields: object[]) => ends(alias, { type: 'form', text, fields, next: 'noted' });

const scenario = (origin: string) => ({
  format: 1,
  nodes: [
    { id: 'start', type: 'start', next: 'hello' },
    { id: 'hello', type: 'message', text: 'Hello, {{name|there}}! This is everything that I can show.' },
    { id: 'noted', type: 'message', text: 'Noted, thank you.' },
    ...ends('html', { type: 'message', text: HTML, parse_mode: 'HTML' }),
    ...ends('markdown', { type: 'message', text: MARKDOWN, parse_mode: 'Markdown' }),
    ...ends('keyboard', { type: 'keyboard', text: 'What can I do for you?', buttons: buttons('noted', 'Help me choose', 'Call me back', 'Where is my order?') }),
    ...ends('inline', {
      type: 'keyboard',
      inline: true,
      text: 'Which one shall it be?',
      buttons: [
        { Text: 'Sencha', Columns: 3, BgColor: '#2f6b4a', TextColor: '#FFFFFF', next: 'noted' },
        { Text: 'Oolong', Columns: 3, next: 'noted' },
        { Text: 'Our guide', ActionType: 'open-url', ActionBody: 'https://example.com/guide' },
        { Text: 'Only for reading', ActionType: 'none' },
      ],
    }),
    ...ends('picture', { type: 'message', text: 'The first harvest.', image: { url: `${origin}/sencha.svg`, alt: 'Two green hills under a sun' } }),
    ...ends('cards', {
      type: 'cards',
      text: 'Our favourites:',
      cards: PICTURES.map((name) => ({
        title: name[0]!.toUpperCase() + name.slice(1),
        text: 'Picked by hand for grey mornings. 12 € a tin.',
        image: { url: `${origin}/${name}.svg`, alt: `Hills where ${name} grows` },
        buttons: [
          { Text: 'Take it', ActionBody: name, next: 'noted' },
          { Text: 'Read more', ActionType: 'open-url', ActionBody: `https://example.com/${name}` },
        ],
      })),
    }),
    ...asks(
      'form',
      'Where shall we send it?',
      { name: 'name', label: 'Your name', required: true },
      { name: 'phone', label: 'Phone', kind: 'phone', required: true, placeholder: '+380 50 123 45 67' },
      { name: 'day', label: 'Which day suits you?', kind: 'date', min: '2026-01-01' },
      { name: 'wrap', label: 'Wrapped as', kind: 'choice', choices: ['A gift', 'Not at all'] },
      { name: 'note', label: 'Anything else?', kind: 'long_text' },
      { name: 'letters', label: 'Send me the letter of the season', kind: 'consent' },
    ),
    ...asks('email', 'Which address may we write to?', { name: 'email', kind: 'email', required: true, placeholder: 'you@example.com' }),
    ...asks('date', 'When shall we come by?', { name: 'day', kind: 'date', required: true }),
    ...asks('location', 'Where are you?', { name: 'place', kind: 'location', required: true }),
    ...asks('stars', 'How was it?', { name: 'stars', kind: 'rating' }),
    ...asks('faces', 'How do you feel about us?', { name: 'faces', kind: 'rating', style: 'faces' }),
    ...asks('numbers', 'Would you recommend us to a friend?', { name: 'numbers', kind: 'rating', style: 'numbers', scale: 10 }),
    ...ends('person', { type: 'connect_operator', topic: 'gallery', text: 'One moment, I am fetching somebody.' }),
  ],
});

/** Makes the bot, or another one like it, and publishes its scenario; a site on `origin` may show it. */
export async function makeGallery(admin: Admin, chat: string, origin: string, { id = GALLERY, widget = {}, ...more }: { id?: string; widget?: object } = {}): Promise<void> {
  const bot = {
    id,
    name: 'Leaf & Kettle',
    widget: { title: 'Leaf & Kettle', subtitle: 'Tea, and people who know it', endChat: true, askRating: true, transcript: { download: true }, ...widget },
    allowedOrigins: [origin],
    uploads: { enabled: true },
    ...more,
  };
  await admin.call('config.v1.BotService/CreateBot', { bot }).catch(async (error: Error) => {
    // Made by the tests before these, for a site that has gone.
    if (!/exist/.test(error.message)) throw error;
    const { bot: old } = await admin.call('config.v1.BotService/GetBot', { id });
    await admin.call('config.v1.BotService/UpdateBot', { bot: { ...(old as object), ...bot } });
  });
  await admin.call('scenario.v1.ScenarioService/PublishScenario', { bot: id, json: JSON.stringify(scenario(origin)) });
  await known(chat, id, origin);
}

const html = (chat: string, options: object) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>A shop</title>
<style>body { font: 17px/1.6 "Liberation Sans", sans-serif; margin: 6vw; max-width: 34em }</style>
</head>
<body>
<main><h1>A shop</h1><p>With tea, and with somebody to ask about it.</p></main>
${'container' in options ? '<div id="chat" style="height: 560px; max-width: 420px"></div>' : ''}
<script>window.kw = function () { (kw.q = kw.q || []).push(arguments) }; kw('init', ${JSON.stringify({ bot_id: GALLERY, language_code: 'en', params_from_site: { name: 'Olena' }, ...options })})</script>
<script async src="${chat}/widget/v2/kw.js"></script>
</body>
</html>`;

export interface GallerySite {
  origin: string;
  /** The address of a page with the widget, with these options. */
  page(options?: object): string;
  stop(): Promise<void>;
}

/** Serves pages with the bot's widget, and its pictures. */
export async function startGallerySite(chat: string): Promise<GallerySite> {
  const { port, stop } = await serve((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    const name = pathname.slice(1, -4);
    if (PICTURES.includes(name)) response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end(picture(name));
    else if (pathname === '/') response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html(chat, JSON.parse(searchParams.get('options') ?? '{}') as object));
    else response.writeHead(404).end();
  });
  const origin = `http://gallery.localhost:${port}`;
  return {
    origin,
    page: (options = {}) => `${origin}/?${new URLSearchParams({ options: JSON.stringify(options) })}`,
    stop,
  };
}
