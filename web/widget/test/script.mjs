// A small conversation that shows what the widget can draw; for the development server and screenshots.

const say = (gateway, text, more = {}) => gateway.publish({ type: 'text', author: 'bot', text, ...more });

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
  if (asked === 'think') return gateway.live('thinking', { text: 'Looking at your orders…', ttl_ms: 8_000 });
  return event.type === 'text' ? say(gateway, `You said: ${event.text}`) : undefined;
}
