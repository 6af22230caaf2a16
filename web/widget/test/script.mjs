// A small conversation that shows what the widget can draw; for the development server and screenshots.

const say = (gateway, text, more = {}) => gateway.publish({ type: 'text', author: 'bot', text, ...more });

const picture = (hue, width = 480, height = 300) => `/widget/v2/pictures/${hue}-${width}x${height}.svg`;

/** What the widget can draw, by the word that asks for it. */
const SHOWN = {
  cards: [
    {
      type: 'cards',
      cards: [
        { title: 'Snake plant', text: 'Any light, water once a month. €24', image: { url: picture(130), alt: 'A snake plant in a pot' }, buttons: [{ Text: 'Choose this one', ActionBody: 'snake' }, { Text: 'Care guide', ActionType: 'open-url', ActionBody: 'https://example.com/snake' }] },
        { title: 'Rubber fig', text: 'A bright corner, water weekly, and it grows to the ceiling. €39', image: { url: picture(20) }, buttons: [{ Text: 'Choose this one', ActionBody: 'fig' }] },
        { title: 'Aloe', text: 'Sunny sill. €12', image: { url: '/widget/v2/nothing.png', alt: 'An aloe' }, buttons: [{ Text: 'Choose this one', ActionBody: 'aloe' }] },
        { title: 'Monstera', text: 'Half shade. €45', image: { url: picture(160) }, buttons: [{ Text: 'Choose this one', ActionBody: 'monstera', BgColor: '#1d6f42' }] },
      ],
    },
  ],
  card: [{ type: 'cards', cards: [{ title: 'Your order 1042', text: 'On its way, here on Thursday.', image: { url: picture(210, 600, 240), width: 600, height: 240, alt: 'A van' }, buttons: [{ Text: 'Where is it?', ActionBody: 'order', Columns: 3 }, { Text: 'Cancel', ActionBody: 'cancel', Columns: 3 }] }] }],
  form: [
    {
      type: 'form',
      text: 'Where shall we **deliver**?',
      parse_mode: 'Markdown',
      fields: [
        { name: 'name', label: 'Your name', kind: 'text', required: true },
        { name: 'email', label: 'E-mail', kind: 'email', required: true, placeholder: 'name@example.com' },
        { name: 'phone', label: 'Phone', kind: 'phone' },
        { name: 'pots', label: 'How many pots?', kind: 'number', min: '1', max: '20', required: true },
        { name: 'day', label: 'On which day?', kind: 'date', min: '2026-11-25' },
        { name: 'time', label: 'When?', kind: 'choice', choices: ['Morning', 'Afternoon', 'Evening'] },
        { name: 'town', label: 'Which shop?', kind: 'choice', choices: ['Kyiv', 'Lviv', 'Odesa', 'Kharkiv', 'Dnipro', 'Vinnytsia'], required: true },
        { name: 'note', label: 'Anything else?', kind: 'long_text' },
        { name: 'terms', label: 'I agree that my data are used to deliver the plants.', kind: 'consent', required: true },
      ],
      submit: 'Order',
    },
  ],
  mail: [{ type: 'form', text: 'To which address may we send the offer?', fields: [{ name: 'email', kind: 'email', required: true, placeholder: 'name@example.com' }] }],
  day: [{ type: 'form', text: 'Which day suits you?', fields: [{ name: 'day', kind: 'date', required: true, min: '2026-11-25' }] }],
  stars: [{ type: 'form', text: 'How was the delivery?', fields: [{ name: 'stars', kind: 'rating', required: true }] }],
  faces: [{ type: 'form', text: 'How do you feel about your plant?', fields: [{ name: 'faces', kind: 'rating', style: 'faces', required: true }] }],
  numbers: [{ type: 'form', text: 'Would you recommend us?', fields: [{ name: 'nps', kind: 'rating', style: 'numbers', scale: 10, required: true }] }],
  place: [{ type: 'form', text: 'Where are you?', fields: [{ name: 'place', kind: 'location', required: true }] }],
  pictures: [
    { type: 'image', url: picture(280, 800, 600), width: 800, height: 600, alt: 'A balcony', caption: 'A customer’s balcony' },
    { type: 'image', url: picture(40, 600, 900), width: 600, height: 900, alt: 'A tall fig' },
    { type: 'file', url: '/widget/v2/files/care.pdf', name: 'care-guide.pdf', size: 182_000 },
  ],
  link: [{ type: 'text', text: 'All of it is at https://example.com/care, with pictures.' }],
  markdown: [{ type: 'text', parse_mode: 'Markdown', text: ANSWER() }],
};

function ANSWER() {
  return '## Watering\n\nThe short of it, for **one** pot:\n\n1. Feel the soil, *two fingers deep*\n2. If it is dry, water until it runs out below\n3. Empty the saucer\n\n| Plant | Every |\n|---|---|\n| Aloe | 3 weeks |\n| Fig | week |\n\n> Too much is worse than too little.\n\n```\nwater(pot, { ml: 250 })\n```\n\nMore at https://example.com/care.';
}

/** Says an answer piece by piece, as an agent does. */
function stream(gateway) {
  const id = `${gateway.conversation}/stream-${gateway.log.length}`;
  const text = ANSWER();
  let at = 0;
  const timer = setInterval(() => {
    gateway.live('partial', { id, at, text: text.slice(at, at + 9), parse_mode: 'Markdown', author: 'bot' });
    at += 9;
    if (at < text.length) return;
    clearInterval(timer);
    gateway.publish({ id, type: 'text', author: 'bot', text, parse_mode: 'Markdown' });
  }, 60);
}

/** Answers like a shop's bot. */
export function shopBot(event, gateway) {
  if (event.type === 'start') {
    say(gateway, 'Hi Olena! 👋 I am <b>Terra’s</b> assistant. I know every plant in the shop and most of the ones that died at my place.', { parse_mode: 'HTML' });
    return gateway.publish({
      type: 'keyboard',
      author: 'bot',
      text: 'What brings you here today?',
      buttons: [
        { Text: '🌿 Help me choose', ActionBody: 'choose' },
        { Text: '📦 My order', ActionBody: 'order', Columns: 3 },
        { Text: '💬 A person, please', ActionBody: 'operator', Columns: 3 },
      ],
    });
  }
  const asked = event.action_body ?? event.text;
  if (asked === 'choose') {
    say(gateway, 'Happy to. Three that are **hard to kill**:\n\n- *Snake plant*: any light, water monthly\n- *Rubber fig*: bright corner, weekly\n- *Aloe*: sunny sill, when you remember\n\nMore in the [care guide](https://example.com/care).', { parse_mode: 'Markdown' });
    return gateway.publish({
      type: 'inline_keyboard',
      author: 'bot',
      text: 'Would you like to see one?',
      buttons: [
        { Text: 'Snake plant', ActionBody: 'snake', Columns: 3 },
        { Text: 'Rubber fig', ActionBody: 'fig', Columns: 3 },
        { Text: 'Open the catalogue', ActionType: 'open-url', ActionBody: 'https://example.com/plants?from=chat' },
      ],
    });
  }
  if (asked === 'operator') {
    gateway.publish({ type: 'owner', author: 'system', owner: { kind: 'queue' }, reason: 'connect' });
    return undefined;
  }
  const shown = SHOWN[asked];
  if (shown) return shown.forEach((message) => gateway.publish({ author: 'bot', ...message }));
  if (asked === 'stream') return stream(gateway);
  if (event.type === 'form_answer') return say(gateway, 'Got it, thank you!');
  if (asked === 'think') return gateway.live('thinking', { text: 'Looking at your orders…', ttl_ms: 8_000 });
  return event.type === 'text' ? say(gateway, `You said: ${event.text}`) : undefined;
}
