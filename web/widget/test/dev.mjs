// `npm run dev`: the demo page on http://127.0.0.1:4173/ with a bot that lives in this process.
import { startGateway } from './gateway.mjs';
import { shopBot } from './script.mjs';

const { url } = await startGateway({ port: Number(process.env.PORT ?? 4173), bot: shopBot, settings: { title: 'Terra', subtitle: 'Usually answers within a minute', link_previews: true, transcript: { download: true, email: true }, end_chat: true, ask_rating: true } });
console.log(`demo page: ${url}/`);
