// Says in the console what is wrong with the options of kw('init'), for those who build the page. Loaded
// where something is.
import { language, LANGUAGES } from '../wire/options.ts';
import { give, type Launcher } from './parts.ts';

/** What an option may be: types, words to choose from, options of its own, or something that has to be looked at. */
type Kind = { types: string[]; judge?: (value: string) => string | undefined } | { words: string[] } | { group: Record<string, Kind> };

const types = (...names: string[]): Kind => ({ types: names });
const words = (...names: string[]): Kind => ({ words: names });
const group = (options: Record<string, Kind>): Kind => ({ group: options });
const text = types('string');
const flag = types('boolean', 'number');
const box = group({ bg: text, text, border: text });
const colors = group({
  header: group({ bg: text, text, border: text, dot: text }),
  sentMessage: box,
  receivedMessage: box,
  keyboardButton: box,
  inlineKeyboardButton: box,
  userInput: box,
  messageList: box,
  launcher: group({ bg: text, text }),
  device: group({ bg: text, text, border: text, container: text, dot: text }),
  poweredLink: group({ color: text }),
});

const OPTIONS: Record<string, Kind> = {
  bot_id: types('string', 'number'),
  user_id: types('string', 'number'),
  user_token: text,
  params_token: text,
  language_code: { types: ['string'], judge: judgeLanguage },
  params_from_site: types('object'),
  color: colors,
  colors,
  open_on_msg: flag,
  recognize_user_meta: flag,
  widgetButton: group({
    type: words('icon', 'avatar', 'button', 'multi'),
    position: group({ x: words('left', 'right'), y: words('top', 'bottom'), offset: types('number') }),
  }),
  multi_channel: group({ button_title: text, messengers: group({ viber: text, telegram: text, facebook: text, whatsapp: text }) }),
  launcher: group({ type: words('icon'), openIcon: words('chat_bubble', 'chat', 'forum', 'help', 'support_agent'), closeIcon: words('close', 'expand_more') }),
  container: types('string', 'object'),
  theme: words('light', 'dark', 'auto'),
  z_index: types('number'),
  csp_nonce: text,
  autostart: types('boolean'),
};

/** As the gateway chooses; "iw" is what Hebrew was until 1989. The page's language is left out where it is none, and told the scenario where only the widget does not speak it. */
function judgeLanguage(tag: string): string | undefined {
  if (/^ua(?![a-z])/i.test(tag)) return 'ua is a country, taken for uk, which is Ukrainian';
  return !tag || [...LANGUAGES, 'iw'].includes(language(tag)) ? undefined : `the widget does not speak ${tag}, only ${LANGUAGES.join(', ')}`;
}

/** How many letters have to change to make the one word of the other; two that change places count as one. */
export function distance(a: string, b: string): number {
  const rows: number[][] = [];
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const cost = i ? Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same) : j;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : cost;
      row.push(Math.min(cost, swapped));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** The nearest of some names, if it is near at all. */
export function nearest(name: string, names: string[]): string | undefined {
  const bare = (text: string) => text.toLowerCase().replace(/[-_\s]/g, '').slice(0, 60);
  const [best] = names.map((one) => ({ one, far: distance(bare(name), bare(one)) })).toSorted((a, b) => a.far - b.far);
  return best && best.far <= Math.max(1, name.length / 3) ? best.one : undefined;
}

/** Every mistake in some options, in words. */
export function mistakes(given: object, known = OPTIONS, path = ''): string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const at = path + name;
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!kind) {
      const near = nearest(name, Object.keys(known));
      return [`${at}: unknown option${near ? `, did you mean ${path}${near}?` : ''}`];
    }
    if (value === undefined || value === null) return [];
    // An empty PHP array is an empty object.
    if ('group' in kind) return typeof value !== 'object' ? [`${at}: expected an object, got ${typeof value}`] : mistakes(value, kind.group, `${at}.`);
    if ('types' in kind) {
      const wrong = kind.types.includes(typeof value) ? kind.judge?.(value) : `expected ${kind.types.join(' or ')}, got ${typeof value}`;
      return wrong ? [`${at}: ${wrong}`] : [];
    }
    if (kind.words.includes(value) || value === '') return [];
    const near = nearest(String(value), kind.words);
    return [`${at}: expected ${kind.words.join(', ')}${near ? `; did you mean ${near}?` : ''}`];
  });
}

export function check({ given }: Launcher): void {
  for (const mistake of mistakes(given)) console.warn('[kw] init:', mistake);
}

give<'check'>(check);
