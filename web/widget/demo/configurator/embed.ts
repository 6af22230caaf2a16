// The code to copy: only what differs from the bot's settings, which the page need not repeat.
import { literal, loader } from '../code.ts';
import { field, initial, type Values } from './fields.ts';
import { nest } from './state.ts';
import { SHOWN } from './palette.ts';

export interface Site {
  /** Where the chat is served. */
  origin: string;
  bot: string;
}

export interface Code {
  html: string;
  npm: string;
  old: string;
  /** Keys of what is changed but cannot be said by a page. */
  missing: string[];
}

/** The options of kw('init'), and what has to be said by other means. */
function options(edits: Values, values: Values, bot: string) {
  const said: Values = {};
  const command: Values = {};
  const missing: string[] = [];
  for (const [key, value] of Object.entries(edits)) {
    const it = field.get(key);
    if (!it || key === 'format' || key === 'container' || (it.when && !it.when(values))) continue;
    if (it.isBots) missing.push(key);
    else if (key === 'title' || key === 'subtitle') command[key] = value;
    // A page cannot take a colour of the bot's away, only say what is drawn without it.
    else if (key.startsWith('colors.') && value === '') said[key] = SHOWN[key] ?? initial[key]!;
    else said[key] = value;
  }
  for (const key of Object.keys(said)) if (said[key] === '' && key.startsWith('colors.')) delete said[key];
  const place = { container: { container: String(values.container) }, page: { container: 'body' } }[String(values.format)];
  return { init: { bot_id: bot, ...place, ...nest(said) }, command, missing };
}

/** The element that holds an inline chat, if the selector says what it is. */
const element = (selector: unknown) => (/^#[\w-]+$/.test(String(selector)) ? `<div id="${String(selector).slice(1)}" style="height: 640px"></div>\n` : '');

/** All forms of the code. */
export function embed(edits: Values, values: Values, { origin, bot }: Site): Code {
  const { init, command, missing } = options(edits, values, bot);
  const hasCommand = Object.keys(command).length > 0;
  const body = `  kw('init', ${literal(init, '  ')});${hasCommand ? `\n  kw('on', 'ready', function () {\n    kw_event('command', ${literal(command, '    ')});\n  });` : ''}`;
  const place = values.format === 'container' ? element(values.container) : '';
  const src = `${origin}/widget/v2/kw.js`;
  return {
    html: place + loader(src, body),
    old: place + loader(`${origin}/kwjs.js`, body),
    npm: `${place ? `// In the page: ${place}\n` : ''}import { load } from '@switchboard/widget';\n\nconst chat = load(${literal({ src, ...init }, '')});\n${hasCommand ? `chat.setTitle(${[command.title, command.subtitle].map((said) => literal(said, '')).join(', ').replace(/, undefined$/, '')});\n` : ''}`,
    missing,
  };
}
