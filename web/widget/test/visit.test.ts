// What a visitor is asked, answers, quotes, is shown while it is written, and takes along.
import { describe, expect, test, vi } from 'vitest';
import type { Chat } from '../app/chat.ts';
import { allMessages } from '../app/menu/transcript.ts';
import type { Options } from '../wire/options.ts';
import { gateway, noStorage, open, texts, until } from './chats.ts';

const form = { fields: [{ name: 'name', kind: 'text' as const }] };
const asks = (more: Partial<Options>): { options: Options } => ({ options: { params_from_site: {}, language_code: 'uk', ...more } });
const log = () => gateway.log.map(({ type, form: of, alias, text }) => [type, of ?? alias ?? text].filter(Boolean).join(' '));

describe('a pre-chat form', () => {
  test('is answered before the conversation begins, and before all that the page has said meanwhile', async () => {
    const { chat } = open(asks({ prechat: form }));
    chat.jump('offer');
    await until(() => chat.state.loaded);
    chat.setParams({ plan: 'gold' });
    chat.sendText('Hi');
    expect(chat.answer('prechat', { name: 'Olena' }, 'Olena')).toBe(true);
    await until(() => gateway.log.length === 5);
    expect(log()).toEqual(['form_answer prechat', 'start', 'alias offer', 'params', 'text Hi']);
    expect(gateway.log[0]).toMatchObject({ values: { name: 'Olena' }, text: 'Olena' });
    expect(texts(chat).map((text) => text.split(':')[0])).toEqual(['Olena', 'Hi']);
  });

  test('that another tab has answered is not waited for any more', async () => {
    const [first, second] = [open(asks({ prechat: form })), open({ ...asks({ prechat: form }), token: 'token-1' })];
    await until(() => first.chat.state.loaded && second.chat.state.loaded);
    second.chat.sendText('Hi');
    first.chat.answer('prechat', { name: 'Olena' }, 'Olena');
    await until(() => gateway.log.length === 3);
    expect(log().filter((entry) => entry === 'start')).toHaveLength(1);
    expect(log()).toEqual(expect.arrayContaining(['form_answer prechat', 'start', 'text Hi']));
  });

  test('whose answer was stored, but not the beginning behind it, is followed by that', async () => {
    gateway.publish({ type: 'form_answer', author: 'visitor', form: 'prechat', values: {}, text: 'Olena' });
    open(asks({ prechat: form }));
    await until(() => gateway.log.length === 2);
    expect(log()).toEqual(['form_answer prechat', 'start']);
  });

  test('waits through a lost connection', async () => {
    const { chat } = open(asks({ prechat: form }));
    await until(() => chat.state.loaded);
    gateway.drop();
    await until(() => !chat.state.connected);
    chat.answer('prechat', {}, 'Olena');
    chat.wake();
    await until(() => gateway.log.length === 2);
    expect(log()).toEqual(['form_answer prechat', 'start']);
  });
});

describe('out of hours', () => {
  test('the offline form begins the conversation, and nothing else does', async () => {
    const { chat } = open(asks({ offline: form, hours: { open: false } }));
    await until(() => chat.state.loaded);
    chat.answer('offline', { name: 'Olena' }, 'Olena');
    await until(() => gateway.log.length === 1);
    chat.sendText('and this');
    await until(() => gateway.log.length === 2);
    expect(log()).toEqual(['form_answer offline', 'text and this']);
  });

  test('the offline form does not wait for a pre-chat form', async () => {
    const { chat } = open(asks({ prechat: form, offline: form, hours: { open: false } }));
    await until(() => chat.state.loaded);
    chat.answer('offline', { name: 'Olena' }, 'Olena');
    await until(() => gateway.log.length === 1);
    expect(log()).toEqual(['form_answer offline']);
  });

  test('the conversation begins when it opens, by the clock or by the settings', async () => {
    const options = asks({ offline: form, hours: { open: false } }).options;
    const { chat } = open({ options, settings: ({ hours }) => (options.hours = hours!) });
    await until(() => chat.state.loaded);
    chat.proceed();
    gateway.live('settings', { hours: { open: true } });
    await until(() => gateway.log.length === 1);
    expect(log()).toEqual(['start']);
  });
});

test('a rule of the page begins a new conversation at its entry point, and jumps there in one that has begun', async () => {
  const { chat } = open();
  chat.begin('offer');
  await until(() => gateway.log.length === 1);
  expect(gateway.log[0]).toMatchObject({ id: `${gateway.conversation}/${gateway.conversation}`, type: 'alias', alias: 'offer' });
  chat.begin('other');
  const later = open({ token: 'token-1' });
  later.chat.begin('third');
  await until(() => gateway.log.length === 3);
  expect(log().toSorted()).toEqual(['alias offer', 'alias other', 'alias third']);
});

test('an answer names what it answers, once', async () => {
  const { chat } = open();
  await until(() => gateway.log.length === 1);
  const question = gateway.publish({ type: 'text', author: 'operator', text: 'Which one?' });
  await until(() => texts(chat).length === 1);
  chat.replyTo(chat.state.items.at(-1)!.message);
  chat.sendText('This one');
  chat.sendText('Thanks');
  await until(() => gateway.log.length === 4);
  expect(gateway.log.map((m) => m.reply_to)).toEqual([undefined, undefined, question.id, undefined]);
});

test('a form of a message is answered by its id; the conversation is ended', async () => {
  const { chat } = open();
  await until(() => gateway.log.length === 1);
  const { id } = gateway.publish({ type: 'form', author: 'bot', text: 'Your name?', fields: form.fields });
  await until(() => texts(chat).length === 1);
  expect(chat.answer(String(id), { name: 'Olena' }, 'Olena')).toBe(true);
  expect(chat.end()).toBe(true);
  await until(() => gateway.log.length === 4);
  expect(gateway.log.slice(2)).toMatchObject([{ type: 'form_answer', form: id, values: { name: 'Olena' } }, { type: 'end' }]);
});

test('what is being written is shown, and is the message once that is there', async () => {
  // What the chunk needs of a browser.
  vi.stubGlobal('CSSStyleSheet', class { replaceSync() {} });
  vi.stubGlobal('document', { adoptedStyleSheets: [] });
  const { chat } = open();
  await until(() => gateway.log.length === 1);
  const id = `${gateway.conversation}/a/0`;
  gateway.live('thinking', { text: 'searching', ttl_ms: 60_000 });
  await until(() => chat.state.thinking);
  for (const [at, text] of [[0, 'Hel'], [3, 'lo'], [3, 'lo'], [0, 'Hello'], [5, '!']]) gateway.live('partial', { id, at, text, author: 'bot' });
  await until(() => texts(chat)[0] === 'Hello!:sent');
  expect(chat.state.thinking).toBeUndefined();
  gateway.drop();
  await until(() => !chat.state.connected);
  expect(texts(chat)).toEqual(['Hello!:sent']);
  gateway.publish({ id, type: 'text', author: 'bot', text: 'Hello!!' });
  chat.wake();
  await until(() => texts(chat)[0] === 'Hello!!:sent');
  expect(chat.state.partial).toBeUndefined();
  vi.unstubAllGlobals();
});

describe('thinking cannot stick', () => {
  /** Whether something can be sent, as the visitor would find out. */
  const blocked = (chat: Chat) => !!chat.state.thinking && !chat.sendText('x') && !chat.press({ Text: 'x' }) && !chat.answer('x', {}, 'x');
  async function thinks(ttl_ms: number) {
    const on: unknown[] = [];
    const { chat } = open({ event: (name, detail) => name === 'thinking' && on.push((detail as { on: boolean }).on) });
    await until(() => gateway.log.length === 1);
    gateway.live('thinking', { text: 'searching', ttl_ms });
    await until(() => blocked(chat));
    return { chat, on };
  }

  test('when the connection is cut and comes back, and nobody thinks any more', async () => {
    const { chat, on } = await thinks(60_000);
    gateway.drop();
    await until(() => !chat.state.connected);
    chat.wake();
    await until(() => chat.state.connected && !chat.state.thinking);
    expect(chat.sendText('x')).toBe(true);
    expect(on).toEqual([true, false]);
  });

  test('when the connection is cut for good', async () => {
    const { chat, on } = await thinks(300);
    gateway.refuseConnect = { code: 'unavailable', message: 'down' };
    gateway.drop();
    await until(() => !chat.state.thinking);
    expect(chat.sendText('x')).toBe(true);
    expect(on).toEqual([true, false]);
  });

  test('when the answer comes while there is no connection', async () => {
    const { chat } = await thinks(60_000);
    gateway.refuseConnect = { code: 'unavailable', message: 'down' };
    gateway.drop();
    await until(() => !chat.state.connected);
    gateway.publish({ type: 'text', author: 'bot', text: 'Found' });
    gateway.refuseConnect = undefined;
    chat.wake();
    await until(() => texts(chat)[0] === 'Found:sent');
    expect(chat.state.thinking).toBeUndefined();
  });
});

test('all that was said is fetched for a copy; what cannot be fetched is not left out silently', async () => {
  for (let i = 0; i < 70; i++) gateway.publish({ type: 'text', author: 'bot', text: `m${i}` });
  const { chat } = open();
  await until(() => chat.state.loaded);
  gateway.refuseConnect = { code: 'unavailable', message: 'down' };
  gateway.drop();
  await until(() => !chat.state.connected);
  await expect(allMessages(chat)).rejects.toThrow('cannot be fetched');
  gateway.refuseConnect = undefined;
  chat.wake();
  await until(() => chat.state.connected);
  expect((await allMessages(chat)).map(({ text }) => text)).toEqual(Array.from({ length: 70 }, (_, i) => `m${i}`));
});

test('a copy waits for the page that is being fetched', async () => {
  for (let i = 0; i < 70; i++) gateway.publish({ type: 'text', author: 'bot', text: `m${i}` });
  const { chat } = open({ token: 'token-1' });
  await until(() => chat.state.loaded);
  void chat.loadOlder();
  expect((await allMessages(chat)).length).toBe(70);
});

test('parameters that wait are told once, as they are in the end', async () => {
  const { chat } = open(asks({ prechat: form }));
  await until(() => chat.state.loaded);
  for (let i = 0; i < 250; i++) chat.setParams({ cart: i });
  expect(chat.sendText('Hi')).toBe(true);
  chat.answer('prechat', {}, 'Olena');
  await until(() => log().includes('text Hi'));
  expect(log()).toEqual(['form_answer prechat', 'start', 'params', 'text Hi']);
  expect(gateway.log[2]).toMatchObject({ params_from_site: { cart: 249 } });
});

describe('a page says who the visitor is', () => {
  test('the same one: the connection is made anew with what was signed', async () => {
    const { chat, told } = open({ store: noStorage(), options: { params_from_site: {}, user_id: '7' } });
    await until(() => gateway.log.length === 1);
    chat.identify({ user_id: '7', params_token: 'fresh' });
    await until(() => gateway.auths.length === 2 && chat.state.connected);
    expect(gateway.asked.at(-1)).toMatchObject({ user_id: '7', token: expect.stringMatching(/^token-/) });
    expect(gateway.auths.at(-1)).toMatchObject({ params_token: 'fresh' });
    expect(told).not.toContain('reload');
  });

  test('while the token of the former one is on its way', async () => {
    const { chat } = open();
    chat.identify({ user_id: '8' });
    await until(() => gateway.log.length === 1);
    await until(() => gateway.asked.some(({ user_id }) => user_id === '8'));
    expect(gateway.asked.at(-1)).toMatchObject({ user_id: '8' });
  });

  test('another one: nothing of the former stays', async () => {
    const store = noStorage();
    const { chat } = open({ store });
    await until(() => gateway.log.length === 1);
    gateway.publish({ type: 'text', author: 'bot', text: 'secret' });
    await until(() => texts(chat).length === 1);
    Object.assign(gateway, { conversation: '0190b2a0-0000-7000-8000-000000000000', log: [] });
    chat.identify({ user_id: '8' });
    await until(() => chat.state.conversation === gateway.conversation && chat.state.loaded);
    expect(gateway.asked.at(-1)).toMatchObject({ user_id: '8' });
    expect(texts(chat)).toEqual([]);
  });
});

test('what was read in another tab is read here, if it is of this conversation and newer', async () => {
  const { chat } = open({ token: 'token-1' });
  await until(() => gateway.log.length === 1);
  const [a, b] = ['a', 'b'].map((text) => gateway.publish({ type: 'text', author: 'bot', text }).id);
  await until(() => texts(chat).length === 2);
  const { conversation } = chat.state;
  chat.seenElsewhere('other', b);
  expect(chat.state.read).toBe('');
  chat.seenElsewhere(conversation, b);
  for (const id of [a, 'unknown', 7, undefined]) chat.seenElsewhere(conversation, id);
  expect(chat.state.read).toBe(b);
});

test('what came while the visitor looked elsewhere is marked when they come back', async () => {
  const { chat } = open();
  await until(() => gateway.log.length === 1);
  chat.seen(true);
  expect(chat.state.fresh).toBeUndefined();
  const { id } = gateway.publish({ type: 'text', author: 'bot', text: 'a' });
  await until(() => texts(chat).length === 1);
  chat.seen(true);
  expect(chat.state.fresh).toBe(id);
  gateway.publish({ type: 'text', author: 'bot', text: 'b' });
  await until(() => texts(chat).length === 2);
  chat.seen();
  expect(chat.state.fresh).toBe(id);
  chat.sendText('thanks');
  expect(chat.state.fresh).toBeUndefined();
});

test('settings are taken as a whole', async () => {
  const settings = vi.fn();
  open({ settings });
  await until(() => gateway.log.length === 1);
  gateway.live('settings', { title: 'New', hours: { open: false } });
  await until(() => settings.mock.calls.length === 1);
  expect(settings).toHaveBeenCalledWith({ title: 'New', hours: { open: false } });
});
