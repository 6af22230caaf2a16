// @vitest-environment node
// The configurator's pure parts: what is changed, what is saved, what is in the code and in the address.
import { expect, test } from 'vitest';
import { embed } from '../demo/configurator/embed.ts';
import { FIELDS, initial, type Values } from '../demo/configurator/fields.ts';
import { formatGradient, judge, parseGradient, PRESETS, toHex } from '../demo/configurator/palette.ts';
import { differing, fromBot, fromHash, fromSettings, intoBot, keyOfProblem, toHash } from '../demo/configurator/state.ts';
import { en, uk } from '../demo/configurator/words.ts';

// Node has no CSS and no canvas: these know the few colours of the tests.
const isColor = (text: string) => /^(#[0-9a-f]{6}|linear-gradient\(.*\))$/i.test(text);
Object.assign(globalThis, { CSS: { supports: (_: string, value: string) => /^#[0-9a-f]{6}$/i.test(value) } });
const resolve = (color: string): number[] | undefined => {
  if (color === 'transparent') return [0, 0, 0, 0];
  const digits = /^#(\w{6}|\w{3})$/.exec(color)?.[1];
  const long = digits?.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  return long ? [0, 2, 4].map((at) => parseInt(long.slice(at, at + 2), 16)).concat(255) : undefined;
};

const bot = {
  id: '1',
  name: 'Shop',
  version: '7',
  allowedOrigins: ['https://shop.example.com'],
  widget: { title: 'Tea', buttonType: 'multi', position: { x: 'left', offset: 40 }, multiChannel: { buttonTitle: 'Write', messengers: { viber: 'viber://pa?chatURI=tea' } }, endChat: true, colors: { header: { bg: '#112233', text: '#ffffff' } }, rules: [{ id: 'hello', afterSeconds: 5 }], customCode: { css: 'b{}' } },
};

test('a bot is read the same way from the API and from the settings script', () => {
  const settings = { title: 'Tea', widgetButton: { type: 'multi', position: { x: 'left', offset: 40 } }, multi_channel: { button_title: 'Write', messengers: { viber: 'viber://pa?chatURI=tea' } }, end_chat: true, colors: { header: { bg: '#112233', text: '#ffffff' } }, version: 7 };
  expect(fromBot(bot)).toEqual(fromSettings(settings));
  expect(differing(fromBot(bot), initial)).toEqual({
    title: 'Tea',
    'widgetButton.type': 'multi',
    'widgetButton.position.x': 'left',
    'widgetButton.position.offset': 40,
    'multi_channel.button_title': 'Write',
    'multi_channel.messengers.viber': 'viber://pa?chatURI=tea',
    end_chat: true,
    'colors.header.bg': '#112233',
    'colors.header.text': '#ffffff',
  });
});

const odd: Record<string, unknown> = { nothing: undefined, 'a text': 'x', 'wrong types': { title: 5, end_chat: 'yes', widgetButton: { type: 'round', position: { offset: 1e9 } } }, 'a list': [], 'null inside': { widgetButton: null, colors: { header: null } } };
for (const [what, settings] of Object.entries(odd)) test(`settings of ${what} are nobody's`, () => expect(fromSettings(settings)).toEqual(initial));

test('saving changes what was changed and nothing else', () => {
  const edits = { title: '', theme: 'dark', 'colors.header.bg': '', 'colors.sentMessage.bg': '#000000', end_chat: false, 'multi_channel.messengers.viber': '', 'transcript.email': true, format: 'page' };
  expect(intoBot(bot, edits)).toEqual({
    ...bot,
    widget: { buttonType: 'multi', position: { x: 'left', offset: 40 }, multiChannel: { buttonTitle: 'Write', messengers: {} }, theme: 'dark', colors: { header: { text: '#ffffff' }, sentMessage: { bg: '#000000' } }, rules: bot.widget.rules, customCode: bot.widget.customCode, transcript: { email: true } },
  });
  expect(bot.widget.title).toBe('Tea');
  for (const { key, proto } of FIELDS) if (proto) expect([key, fromBot(intoBot({}, { [key]: fromBot(bot)[key]! }))[key]]).toEqual([key, fromBot(bot)[key]]);
});

const problems: Record<string, string | undefined> = { 'bot.widget.button_type': 'widgetButton.type', 'bot.widget.position.offset': 'widgetButton.position.offset', 'bot.widget.multi_channel.messengers.viber': 'multi_channel.messengers.viber', 'bot.widget.colors.sentMessage.bg': 'colors.sentMessage.bg', 'bot.widget.avatar_url': 'avatar_url', 'bot.widget.rules[0].url': undefined };
for (const [field, key] of Object.entries(problems)) test(`the service's ${field} is ${key ?? 'none of ours'}`, () => expect(keyOfProblem(field)).toBe(key));

test('the address has what was changed, and takes nothing else', () => {
  const edits: Values = { title: 'A & B = #1', 'widgetButton.position.offset': 60, open_on_msg: true, 'colors.header.bg': 'linear-gradient(130deg, #734FE1, #D14EE0)', 'colors.header.text': '' };
  expect(fromHash(`#${toHash(edits)}`, isColor)).toEqual(edits);
  const hostile = new URLSearchParams({ __proto__x: '1', 'colors.header.bg': 'url(//evil)', 'widgetButton.type': 'round', 'widgetButton.position.offset': '-5', avatar_url: 'javascript:alert(1)', title: 'x'.repeat(61), end_chat: 'maybe' });
  expect(fromHash(hostile.toString(), isColor)).toEqual({ end_chat: false });
});

const code = (edits: Values, base: Values = initial) => embed(edits, { ...initial, ...base, ...edits }, { origin: 'https://chat.example.com', bot: 'tea' });
/** Runs the init of a snippet as a page would; the loader itself is the browser's to run. */
const run = (html: string) => {
  const said: unknown[][] = [];
  const kw = (...args: unknown[]) => said.push(args);
  const body = html.slice(html.indexOf("'kw');") + 6, html.indexOf('</script>'));
  new Function('kw', 'kw_event', body)(kw, kw);
  return said;
};

test('the code says only what was changed', () => {
  expect(run(code({}).html)).toEqual([['init', { bot_id: 'tea' }]]);
  const edits = { language_code: 'uk', 'widgetButton.type': 'multi', 'multi_channel.button_title': "It's <b>us</b>", 'multi_channel.messengers.telegram': 'https://t.me/tea', 'colors.header.bg': '#112233', theme: 'dark', end_chat: true, avatar_url: 'https://a.example/x.png' };
  const { html, old, npm, missing } = code(edits);
  expect(run(html)).toEqual([['init', { bot_id: 'tea', language_code: 'uk', widgetButton: { type: 'multi' }, multi_channel: { button_title: "It's <b>us</b>", messengers: { telegram: 'https://t.me/tea' } }, colors: { header: { bg: '#112233' } }, theme: 'dark' }]]);
  expect(missing).toEqual(['end_chat', 'avatar_url']);
  expect(html).toContain("'https://chat.example.com/widget/v2/kw.js', 'kw');");
  expect(old).toBe(html.replace('/widget/v2/kw.js', '/kwjs.js'));
  expect(npm).toContain("src: 'https://chat.example.com/widget/v2/kw.js'");
});

test('titles are said when the chat is ready, because kw_event is not there before', () => {
  const [, [on, event, handler]] = run(code({ title: 'Tea', subtitle: '' }).html) as [unknown, [string, string, () => void]];
  expect([on, event]).toEqual(['on', 'ready']);
  expect(String(handler)).toMatch(/kw_event\('command', \{\s+title: 'Tea',\s+subtitle: ''/);
  expect(['title', 'subtitle'].map((key) => /chat\.setTitle.*/.exec(code({ [key]: 'Tea' }).npm)![0])).toEqual(["chat.setTitle('Tea');", "chat.setTitle(undefined, 'Tea');"]);
});

test('a colour that the bot has and the page does not want is said as it is drawn without', () => {
  const base = { ...initial, 'colors.header.text': '#123456', 'colors.launcher.bg': '#123456' };
  expect(run(code({ 'colors.header.text': '', 'colors.launcher.bg': '' }, base).html)).toEqual([['init', { bot_id: 'tea', colors: { header: { text: '#ffffff' } } }]]);
});

test('a chat in the page has its place, and settings of the launcher mean nothing then', () => {
  const { html } = code({ format: 'container', container: '#talk', 'widgetButton.type': 'multi', 'multi_channel.messengers.viber': 'viber://x' });
  expect(html).toMatch(/^<div id="talk" style="height: 640px"><\/div>\n/);
  expect(run(html)).toEqual([['init', { bot_id: 'tea', container: '#talk' }]]);
});

test('no text can leave the script', () => {
  for (const title of ["</script><script>alert('x')//", "\\' + alert(1) + '", '\u2028\u2029\n', '\\"', '`${1}`', '<!--<script>']) {
    const { html } = code({ 'multi_channel.button_title': title, 'widgetButton.type': 'button' });
    expect(html.match(/<\/?script/g)).toHaveLength(2);
    expect(run(html)).toEqual([['init', { bot_id: 'tea', widgetButton: { type: 'button' }, multi_channel: { button_title: title } }]]);
  }
});

const gradients: Record<string, unknown> = {
  'linear-gradient(130deg, #734FE1, #D14EE0)': { angle: 130, from: '#734FE1', to: '#D14EE0' },
  'linear-gradient(-90deg,rgb(1, 2, 3),red)': { angle: 270, from: 'rgb(1, 2, 3)', to: 'red' },
  'linear-gradient(130deg, #111, #222, #333)': undefined,
  '#734FE1': undefined,
};
for (const [text, want] of Object.entries(gradients)) test(`the gradient ${text}`, () => expect(parseGradient(text)).toEqual(want));
test('a gradient is written as it is read', () => expect(parseGradient(formatGradient({ angle: 5, from: '#111111', to: '#222222' }))).toEqual({ angle: 5, from: '#111111', to: '#222222' }));
test('colours with transparency have no hex', () => expect(['#aabbcc', 'transparent', 'nonsense'].map((color) => toHex(color, resolve))).toEqual(['#aabbcc', undefined, undefined]));

const verdicts: Record<string, [Values, string, object | undefined]> = {
  'nothing is set': [{}, 'header', undefined],
  'good enough': [{ 'colors.header.bg': '#000000', 'colors.header.text': '#ffffff' }, 'header', { ratio: 21, isEnough: true }],
  'the worst stop counts': [{ 'colors.header.bg': 'linear-gradient(1deg, #000000, #ffff00)', 'colors.header.text': '#ffffff' }, 'header', { isEnough: false }],
  'can be repaired': [{ 'colors.header.bg': '#ffff00', 'colors.header.text': '#ffffff' }, 'header', { isEnough: false, better: '#111111' }],
  'text of its own is white on a background': [{ 'colors.header.bg': '#ffff00' }, 'header', { isEnough: false, better: '#111111' }],
  'a picture needs less': [{ 'colors.launcher.bg': '#ffffff', 'colors.launcher.text': '#8a8a8a' }, 'launcher', { isEnough: true }],
  'the launcher follows the header': [{ 'colors.header.bg': '#ffff00', 'colors.header.text': '#ffffff' }, 'launcher', { isEnough: false }],
  'what is transparent cannot be judged': [{ 'colors.keyboardButton.bg': 'transparent', 'colors.keyboardButton.text': '#ffffff' }, 'keyboardButton', undefined],
};
for (const [what, [values, group, want]] of Object.entries(verdicts))
  test(`contrast: ${what}`, () => {
    const verdict = judge({ ...initial, ...values }, group, resolve);
    if (want) expect(verdict).toMatchObject(want);
    else expect(verdict).toBeUndefined();
  });

test('presets are of the tree, and all but the reference can be read', () => {
  for (const [name, colors] of Object.entries(PRESETS)) {
    for (const key of Object.keys(colors)) expect(initial, `${name}: ${key}`).toHaveProperty([key]);
    if (name === 'reference') continue;
    for (const group of ['header', 'launcher', 'sentMessage', 'keyboardButton', 'inlineKeyboardButton']) expect([name, group, judge({ ...initial, ...colors }, group, resolve)?.isEnough ?? true]).toEqual([name, group, true]);
  }
  expect(Object.keys(PRESETS)).toHaveLength(8);
});

test('both languages have all words, with the same places', () => {
  const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join();
  expect(Object.keys(uk).sort()).toEqual(Object.keys(en).sort());
  for (const [key, text] of Object.entries(en)) expect([key, places(uk[key]!)]).toEqual([key, places(text)]);
  for (const it of FIELDS.filter(({ key }) => !key.startsWith('colors.'))) {
    expect(en, it.key).toHaveProperty([it.key]);
    for (const choice of it.choices ?? []) expect(en, it.key).toHaveProperty([`${it.key}=${choice}`]);
  }
});
