// A way through everything that a visitor can see, in one conversation; whoever goes it looks around at each stop.
// It finds things by what they are and not by their words, so that it can be gone in every language.
import { expect, type Page } from '@playwright/test';
import type { Desk } from './desk.ts';
import { GALLERY } from './gallery.ts';

/** Looks around. */
export type Look = (name: string) => Promise<void>;

/** Calls kw_event on the page. */
export const call = (page: Page, event: string, payload: unknown): Promise<void> =>
  page.evaluate(([event, payload]) => (window as unknown as { kw_event(event: unknown, payload: unknown): void }).kw_event(event, payload), [event, payload]);

/** Jumps to an entry point of the scenario, and waits until something has come of it. */
export async function jump(page: Page, alias: string): Promise<void> {
  const rows = page.frameLocator('kw-widget iframe').locator('.row');
  const before = await rows.count();
  await call(page, 'emitevent', { event: 'alias', alias });
  await expect.poll(() => rows.count()).toBeGreaterThan(before);
}

/** What the scenario of the gallery can show. */
export const ENTRIES = ['html', 'markdown', 'keyboard', 'inline', 'picture', 'cards', 'form', 'email', 'date', 'location', 'stars', 'faces', 'numbers'];

export async function journey(page: Page, desk: Desk, look: Look): Promise<void> {
  const chat = page.frameLocator('kw-widget iframe');
  const launcher = page.locator('kw-widget button').first();
  const field = chat.locator('textarea');
  const rows = chat.locator('.row');
  const say = async (text: string) => {
    await field.fill(text);
    await field.press('Enter');
  };
  /** Opens something in a layer of its own, looks, and leaves it by Escape. */
  const layer = async (name: string, open: () => Promise<void>, shown: string) => {
    await open();
    await expect(chat.locator(shown)).toBeVisible();
    await look(name);
    // axe opens a page of its own for a moment: a menu is gone then, as after a click beside it.
    if (await chat.locator(shown).isVisible()) await chat.locator(shown).locator('button, a').first().press('Escape');
    await expect(chat.locator(shown)).toHaveCount(0);
    await expect(field).toBeVisible();
  };

  await expect(launcher).toBeVisible();
  await look('launcher');
  await launcher.click();
  await expect(rows).toHaveCount(1);
  await look('welcome');
  for (const entry of ENTRIES) {
    await jump(page, entry);
    await look(entry);
    if (entry === 'inline') await layer('link', () => chat.locator('.inline button').nth(2).click(), 'dialog[open]');
    if (entry === 'picture') await layer('picture-large', () => chat.locator('.is-image a, .is-image button').last().click(), 'dialog[open]');
  }
  await layer('menu', () => chat.locator('header button[aria-haspopup=menu]').click(), '[role=menu]');
  const emoji = chat.locator('footer button[aria-haspopup=dialog]');
  if (await emoji.isVisible()) await layer('emoji', () => emoji.click(), '[role=dialog]');

  await jump(page, 'person');
  await expect(chat.locator('.waiting')).toBeVisible();
  await look('waiting');
  const dialogId = await desk.take(GALLERY);
  await expect(chat.locator('.waiting')).toHaveCount(0);
  await desk.call('SendTyping', { dialogId });
  await expect(chat.locator('.dots')).toBeVisible();
  await look('typing');
  const said = await desk.say(dialogId, 'Hello Olena, this is Marta. How can I help?');
  await expect(rows.filter({ hasText: 'this is Marta' })).toBeVisible();
  await say('Do you have smoked tea?');
  const asked = rows.filter({ hasText: 'smoked tea?' });
  await expect(asked).toHaveAttribute('id', /\//);
  await desk.call('SendThinking', { dialogId, text: 'Looking on the shelf…', ttl: '60s' });
  await expect(chat.locator('.thinking')).toBeVisible();
  await field.fill('And is it');
  await look('thinking');
  const clientId = crypto.randomUUID();
  const answer = 'We have **Lapsang**, in small tins:\n\n- 50 g for 6 €\n- 100 g for 11 €\n\nShall I put one aside';
  await desk.call('SendPartial', { dialogId, clientId, text: answer, parseMode: 'PARSE_MODE_MARKDOWN' });
  await expect(chat.locator('.grows li')).toHaveCount(2);
  await look('streaming');
  await desk.say(dialogId, '', { clientId, text: { text: `${answer}?`, parseMode: 'PARSE_MODE_MARKDOWN' } });
  await expect(chat.locator('.grows')).toHaveCount(0);
  await look('streamed');
  await field.fill('');

  const wrong = await desk.say(dialogId, 'It comes from Ceylon.');
  await desk.call('EditMessage', { dialogId, clientId: crypto.randomUUID(), messageId: wrong, text: { text: 'It comes from Fujian.' } });
  await desk.call('DeleteMessage', { dialogId, clientId: crypto.randomUUID(), messageId: said });
  await expect(rows.filter({ hasText: 'Fujian' })).toBeVisible();
  await expect(chat.locator('.is-deleted')).toBeVisible();
  await look('changed');
  const last = rows.filter({ hasText: 'Fujian' });
  await last.hover();
  await last.locator('.reply').click();
  await look('reply');
  await say('Then one of them, please.');
  await desk.call('MarkSeen', { dialogId, messageId: (await rows.filter({ hasText: 'Then one of them' }).getAttribute('id'))! });
  await look('replied');

  await page.context().setOffline(true);
  await expect(chat.locator('.banner')).toBeVisible();
  await say('Are you there?');
  await look('offline');
  await page.context().setOffline(false);
  await expect(chat.locator('.banner')).toHaveCount(0, { timeout: 30_000 });
  await desk.call('Close', { dialogId });
  await expect(chat.locator('.rows .of-settings')).toBeVisible();
  await look('rating');

  await call(page, 'openchat', 0);
  await call(page, 'emitevent', { event: 'alias', alias: 'picture' });
  await expect(page.locator('kw-widget [role=status]')).toBeVisible();
  await look('unread');
  await call(page, 'openchat', 1);
  await expect(chat.locator('.day.is-new')).toBeVisible();
  await look('news');
}
