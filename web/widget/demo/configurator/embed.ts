// The code to copy: only what differs from the bot's settings, which the page need not repeat.
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

/** Writes a value as a person would; nothing in it can end a script element. */
function literal(value: unknown, indent: string): string {
  if (typeof value === 'string') return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'").replaceAll('<', '\\x3C').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  const entries = Object.entries(value).map(([key, it]) => `${inner}${/^[A-Za-z_$][\w$]*$/.test(key) ? key : literal(key, '')}: ${literal(it, inner)}`);
  return entries.length ? `{\n${entries.join(',\n')}\n${indent}}` : '{}';
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

/** The reference's loader, as its users have it. */
const loader = (url: string, body: string) => `<script>
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
  })(window, document, 'script', ${literal(url, '')}, 'kw');

${body}
</script>`;

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
    npm: `${place ? `// In the page: ${place}\n` : ''}import { load } from '@switchboard/widget';\n\nconst chat = load(${literal({ src, ...init }, '')});\n${hasCommand ? `chat.on('ready', () => kw_event('command', ${literal(command, '')}));\n` : ''}`,
    missing,
  };
}
