// The configurator: settings on the left, the widget with them on the right, the code below. What was changed is in
// the address, so that it can be shared, and an administrator can save it to the bot.
import { Account, onSession, Refusal } from './account.ts';
import { copy, makeCodeBox } from './codebox.ts';
import { isColor } from './colorcontrol.ts';
import { makeColorsBox } from './colorsbox.ts';
import { makeControl, type Control } from './controls.ts';
import { h, icon } from './dom.ts';
import { embed } from './embed.ts';
import { GROUPS, initial, type Values } from './fields.ts';
import { LINES } from './icons.ts';
import { at, differing, fromBot, fromHash, fromSettings, intoBot, keyOfProblem, nest, savable, toHash } from './state.ts';
import { makeStage } from './stage.ts';
import { en, uk } from './words.ts';

const path = /^\/widget\/([\w-]+)\//.exec(location.pathname)?.[1] ?? 'en';
const locale = path === 'uk' ? 'uk' : 'en';
const words = locale === 'uk' ? uk : en;
const asked = new URLSearchParams(location.search).get('bot-id') ?? '1';
const botId = /^[\w-]{1,64}$/.test(asked) ? asked : '1';
const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const account = new Account();

let base: Values = initial;
let edits: Values = {};
/** The bot as an administrator has got it. */
let bot: unknown;
const look = { theme: matchMedia('(prefers-color-scheme: dark)').matches ? ('dark' as const) : ('light' as const), dir: 'ltr' as 'ltr' | 'rtl' };

const values = (): Values => ({ ...initial, ...base, ...edits });
const fill = (text: string, places: Record<string, string | number>) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(places[name] ?? ''));

const say = (text: string, isBad = false) => {
  const status = find('status');
  status.textContent = text;
  status.className = isBad ? 'bad' : '';
};

// ——— What is on the page ———

document.documentElement.lang = locale;
document.title = words.page_title!;
for (const element of document.querySelectorAll<HTMLElement>('[data-t]')) element.textContent = words[element.dataset.t!]!;
find('bot').textContent = fill(words.for_bot!, { bot: botId });
for (const id of ['en', 'uk']) {
  const link = find<HTMLAnchorElement>(id);
  link.search = `?bot-id=${botId}`;
  if (id === locale) link.setAttribute('aria-current', 'true');
  link.onclick = () => void (link.hash = location.hash);
}
find<HTMLAnchorElement>('shop').search = `?bot-id=${botId}&lang=${locale}`;

const change = (key: string, value: Values[string]) => {
  edits = differing({ ...edits, [key]: value }, base);
  update();
};
const preset = (colors: Record<string, string>) => {
  const none = Object.fromEntries(Object.keys(initial).filter((key) => key.startsWith('colors.')).map((key) => [key, '']));
  edits = differing({ ...edits, ...none, ...colors }, base);
  update();
};

const colors = makeColorsBox(words, locale, change, preset);
const sections = GROUPS.map(({ id, fields }) => ({ id, controls: fields.map((it) => makeControl(it, words, locale, change)) }));
const controls: Control[] = [...sections.flatMap((it) => it.controls), ...colors.controls];
const summary = (id: string, ...more: Node[]) => h('summary', {}, h('span', {}, words[`section_${id}`]), ...more);
const low = h('span', { className: 'badge', hidden: true });
find('controls').append(
  ...sections.map((it, i) => h('details', { open: i < 2, dataset: { section: it.id } }, summary(it.id), h('div', { className: 'fields' }, ...it.controls.map(({ element }) => element)))),
  h('details', { open: true, dataset: { section: 'colors' } }, summary('colors', low), h('div', { className: 'fields' }, ...colors.elements)),
);
find('controls').addEventListener('submit', (event) => event.preventDefault());

const stage = makeStage(find('stage'), words.preview_of!, (message) => say(message && fill(words.refused!, { message }), true));
const showCode = makeCodeBox(find('code'), words, say);

const tool = (text: string, d: string, isPressed: boolean, press: (isPressed: boolean) => void) => {
  const button: HTMLButtonElement = h('button', { type: 'button', className: 'tool', title: text, 'aria-label': text, 'aria-pressed': String(isPressed), onclick: () => press(button.getAttribute('aria-pressed') !== 'true') }, icon(d));
  return button;
};
const device = (kind: 'desktop' | 'phone') => {
  stage.device(kind);
  desktop.setAttribute('aria-pressed', String(kind === 'desktop'));
  phone.setAttribute('aria-pressed', String(kind === 'phone'));
};
const desktop = tool(words.on_desktop!, LINES.desktop, true, () => device('desktop'));
const phone = tool(words.on_phone!, LINES.phone, false, () => device('phone'));
const dark = tool(words.in_dark!, LINES.dark, look.theme === 'dark', (isOn) => {
  look.theme = isOn ? 'dark' : 'light';
  dark.setAttribute('aria-pressed', String(isOn));
  update();
});
const rtl = tool(words.in_rtl!, LINES.rtl, false, (isOn) => {
  look.dir = isOn ? 'rtl' : 'ltr';
  rtl.setAttribute('aria-pressed', String(isOn));
  update();
});
const reload = h('button', { type: 'button', className: 'tool', title: words.reload!, 'aria-label': words.reload!, onclick: () => stage.reload() }, icon(LINES.reload));
find('tools').append(h('div', { className: 'devices', role: 'group', 'aria-label': words.devices! }, desktop, phone), dark, rtl, h('span', { className: 'gap' }), reload);

// ——— What follows from a change ———

function scene() {
  const all = values();
  const shown = Object.fromEntries(Object.entries(all).filter(([key, value]) => key !== 'format' && key !== 'container' && !(key.startsWith('colors.') && value === '')));
  const settings = nest(shown) as Record<string, unknown>;
  const { title, language_code: language, theme, format } = all;
  return {
    bot: botId,
    settings: { colors: {}, ...settings, title: title || (at(bot, 'name') as string | undefined) || words.shop!, theme: theme === 'auto' ? look.theme : theme },
    // The direction of writing is the language's.
    language_code: look.dir === 'rtl' && !/^(ar|he)/.test(String(language)) ? 'ar' : String(language) || path,
    format: format as 'mini' | 'container' | 'page',
    ...look,
    open: false,
    words: { shop: words.shop!, account: words.account! },
  };
}

let hash: ReturnType<typeof setTimeout> | undefined;

/** Draws everything anew that depends on the settings. */
function update(): void {
  const all = values();
  for (const control of controls) control.show(all);
  const bad = colors.judge(all);
  low.hidden = !bad;
  low.textContent = fill(words.low_contrast!, { n: bad });
  stage.show(scene());
  showCode(embed(edits, all, { origin: location.origin, bot: botId }), {
    ...(all.format === 'page' && { page: `${location.origin}/widget/v2/chat/?${new URLSearchParams({ 'bot-id': botId, ...(all.language_code && { lang: String(all.language_code) }) })}` }),
  });
  const count = Object.keys(edits).length;
  find<HTMLButtonElement>('reset').disabled = !count;
  find('save').textContent = count ? `${words.save} (${fill(words.changed!, { n: Object.keys(savable(edits)).length })})` : words.save!;
  // Browsers allow only so many changes of the address in a time.
  clearTimeout(hash);
  hash = setTimeout(() => history.replaceState(null, '', `${location.pathname}${location.search}${count ? `#${toHash(edits)}` : ''}`), 200);
}

find('reset').onclick = () => {
  edits = {};
  update();
  say(words.reset_done!);
};
find('share').onclick = async () => {
  const link = `${location.origin}${location.pathname}${location.search}#${toHash(edits)}`;
  say((await copy(link)) ? words.shared! : link);
};
find('toggle').onclick = () => {
  const isOn = document.body.classList.toggle('previewing');
  find('toggle').textContent = words[isOn ? 'hide_preview' : 'show_preview']!;
  find('toggle').setAttribute('aria-pressed', String(isOn));
};
addEventListener('hashchange', () => {
  edits = differing(fromHash(location.hash, isColor), base);
  update();
});

// ——— The bot's settings, and saving ———

/** Takes other settings as the base; what was changed stays over them. */
function rebase(next: Values): void {
  const kept = { ...edits };
  base = next;
  edits = differing(kept, base);
  update();
}

/** Asks for the bot as it is now. */
async function load(): Promise<void> {
  bot = (await account.call('BotService/GetBot', { id: botId })).bot;
  rebase(fromBot(bot));
}

async function identify(): Promise<void> {
  const save = find<HTMLButtonElement>('save');
  try {
    const user = await account.user();
    find('sign-in').hidden = !!user;
    save.hidden = !user;
    const isAdmin = user?.role === 'ROLE_ADMIN';
    save.disabled = !isAdmin;
    save.title = user && !isAdmin ? words.only_admins! : '';
    if (isAdmin) await load();
    else bot = undefined;
  } catch (problem) {
    say(reason(problem), true);
  }
}

const reason = (problem: unknown): string => {
  if (!(problem instanceof Refusal)) throw problem;
  if (problem.code === 'unavailable') return words.unreachable!;
  return fill(words.save_failed!, { message: problem.message });
};

async function save(): Promise<void> {
  const button = find<HTMLButtonElement>('save');
  const wanted = savable(edits);
  if (!bot || !Object.keys(wanted).length) return say(words.nothing_to_save!);
  button.disabled = true;
  say(words.saving!);
  try {
    bot = (await account.call('BotService/UpdateBot', { bot: intoBot(bot, wanted) })).bot;
    rebase(fromBot(bot));
    say(words.save_done!);
  } catch (problem) {
    await refused(problem);
  } finally {
    button.disabled = false;
  }
}

async function refused(problem: unknown): Promise<void> {
  if (!(problem instanceof Refusal)) throw problem;
  if (problem.code === 'aborted') {
    await load();
    return say(words.conflict!, true);
  }
  if (problem.code === 'unauthenticated') return identify();
  const rest: string[] = [];
  let first: HTMLElement | undefined;
  for (const { field, description } of problem.fields) {
    const control = controls.find((it) => it.field.key === keyOfProblem(field));
    if (!control) rest.push(`${field}: ${description}`);
    control?.problem(description);
    first ??= control?.element;
  }
  first?.closest('details')?.setAttribute('open', '');
  first?.querySelector<HTMLElement>('input, select')?.focus();
  say(first && !rest.length ? words.check_fields! : rest.length ? fill(words.save_failed!, { message: rest.join('; ') }) : reason(problem), true);
}
find('save').onclick = () => void save();

// Settings come as a script, as they do for every page; here they are the base of what is changed.
(window as unknown as { __kw: object }).__kw = {
  settings: (_: string, settings: object) => bot || rebase(fromSettings(settings)),
  refused(_: string, { message }: { message: string }) {
    say(fill(words.refused!, { message }), true);
    update();
  },
};
const onerror = () => {
  say(words.loading_failed!, true);
  update();
};
const script = h('script', { src: `/widget/v2/settings/${botId}.js`, crossOrigin: 'anonymous', onerror });
edits = fromHash(location.hash, isColor);
document.head.append(script);
onSession(() => void identify());
void identify();
