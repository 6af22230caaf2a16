// Everything that can be configured, in one table: how a setting is named on a page, in the bot's settings and in
// the address bar, and what it may be.

export type Value = string | number | boolean;
/** The settings by their keys. */
export type Values = Record<string, Value>;
export type Kind = 'text' | 'address' | 'messenger' | 'number' | 'switch' | 'choice' | 'icons' | 'language' | 'color' | 'background';

export interface Field {
  /** The path in the settings script and, if the page may say it, in kw('init'): widgetButton.position.x. */
  key: string;
  kind: Kind;
  /** What it is when nobody has said anything. */
  initial: Value;
  choices?: readonly string[];
  /** The most characters, or the largest number. */
  max?: number;
  min?: number;
  /** The path in config.v1.WidgetSettings as JSON; absent: only the page can say it. */
  proto?: string;
  /** Only the bot's settings can say it. */
  isBots?: boolean;
  /** Says whether it has a meaning beside the others. */
  when?: (values: Values) => boolean;
}

export interface Group {
  id: string;
  fields: Field[];
}

const hasWords = ({ 'widgetButton.type': type, format }: Values) => format === 'mini' && (type === 'button' || type === 'multi');
const isMini = ({ format }: Values) => format === 'mini';
const isMulti = ({ 'widgetButton.type': type, format }: Values) => format === 'mini' && type === 'multi';

const messenger = (name: string): Field => ({ key: `multi_channel.messengers.${name}`, kind: 'messenger', initial: '', max: 2048, proto: `multiChannel.messengers.${name}`, when: isMulti });
const isOn = (key: string, proto: string, isBots = true): Field => ({ key, kind: 'switch', initial: false, proto, isBots });

export const GROUPS: Group[] = [
  {
    id: 'bot',
    fields: [
      { key: 'title', kind: 'text', initial: '', max: 60, proto: 'title' },
      { key: 'subtitle', kind: 'text', initial: '', max: 100, proto: 'subtitle' },
      { key: 'avatar_url', kind: 'address', initial: '', max: 2048, proto: 'avatarUrl', isBots: true },
      { key: 'language_code', kind: 'language', initial: '', proto: 'languageCode' },
    ],
  },
  {
    id: 'format',
    fields: [
      { key: 'format', kind: 'choice', initial: 'mini', choices: ['mini', 'container', 'page'] },
      { key: 'container', kind: 'text', initial: '#chat', max: 200, when: ({ format }) => format === 'container' },
      { key: 'widgetButton.type', kind: 'choice', initial: 'icon', choices: ['icon', 'avatar', 'button', 'multi'], proto: 'buttonType', when: isMini },
      { key: 'multi_channel.button_title', kind: 'text', initial: '', max: 60, proto: 'multiChannel.buttonTitle', when: hasWords },
      ...['viber', 'telegram', 'facebook', 'whatsapp'].map(messenger),
    ],
  },
  {
    id: 'place',
    fields: [
      { key: 'widgetButton.position.x', kind: 'choice', initial: 'right', choices: ['left', 'right'], proto: 'position.x', when: isMini },
      { key: 'widgetButton.position.y', kind: 'choice', initial: 'bottom', choices: ['top', 'bottom'], proto: 'position.y', when: isMini },
      { key: 'widgetButton.position.offset', kind: 'number', initial: 25, min: 1, max: 200, proto: 'position.offset', when: isMini },
      { key: 'launcher.openIcon', kind: 'icons', initial: 'chat_bubble', choices: ['chat_bubble', 'chat', 'forum', 'help', 'support_agent'], proto: 'launcher.openIcon', when: isMini },
      { key: 'launcher.closeIcon', kind: 'icons', initial: 'close', choices: ['close', 'expand_more'], proto: 'launcher.closeIcon', when: isMini },
    ],
  },
  {
    id: 'behaviour',
    fields: [
      { key: 'theme', kind: 'choice', initial: 'auto', choices: ['auto', 'light', 'dark'], proto: 'theme' },
      isOn('open_on_msg', 'openOnMsg', false),
      isOn('end_chat', 'endChat'),
      isOn('ask_rating', 'askRating'),
      isOn('transcript.download', 'transcript.download'),
      isOn('transcript.email', 'transcript.email'),
      isOn('link_previews', 'linkPreviews'),
    ],
  },
];

/** The reference's colour tree with launcher and messageList. A leaf without a value follows the theme. */
const TREE: Record<string, string[]> = {
  header: ['bg', 'text', 'dot'],
  launcher: ['bg', 'text'],
  sentMessage: ['bg', 'text'],
  receivedMessage: ['bg', 'text'],
  messageList: ['bg', 'text'],
  keyboardButton: ['bg', 'border', 'text'],
  inlineKeyboardButton: ['bg', 'text'],
  userInput: ['bg', 'border', 'text'],
  device: ['bg', 'border', 'container', 'dot'],
  poweredLink: ['color'],
};
/** What the widget draws nothing with: kept for pages that were made with the reference. */
export const ONLY_KEPT = ['header.dot', 'device.bg', 'device.border', 'device.container', 'device.dot', 'poweredLink.color'].map((path) => `colors.${path}`);

/** The colours, group by group, whose keys are "colors.header.bg". */
export const COLOR_GROUPS: Group[] = Object.entries(TREE).map(([id, leaves]) => ({
  id,
  fields: leaves.map((leaf) => ({ key: `colors.${id}.${leaf}`, kind: leaf === 'bg' || leaf === 'container' ? 'background' : 'color', initial: '', proto: `colors.${id}.${leaf}` })),
}));

export const FIELDS: Field[] = [...GROUPS, ...COLOR_GROUPS].flatMap(({ fields }) => fields);
export const field = new Map(FIELDS.map((it) => [it.key, it]));
export const initial: Values = Object.fromEntries(FIELDS.map(({ key, initial: value }) => [key, value]));

/** The problem of a value as the key of a text, if it has one. Colours are the browser's to judge. */
export function problemOf({ kind, choices, min, max }: Field, value: Value): 'range' | 'tooLong' | 'address' | undefined {
  if (kind === 'number') return typeof value === 'number' && Number.isInteger(value) && value >= min! && value <= max! ? undefined : 'range';
  if (choices) return choices.includes(value as string) ? undefined : 'range';
  if (typeof value !== 'string') return undefined;
  if (max && [...value].length > max) return 'tooLong';
  const addresses = { address: /^https:\/\/[^\s/]\S*$/, messenger: /^(https|viber|tg):\/\/[^\s/]\S*$/ };
  return value && kind in addresses && !addresses[kind as keyof typeof addresses].test(value) ? 'address' : undefined;
}
