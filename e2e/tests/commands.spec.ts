// What a page tells its widget, and hears from it.
import { createHmac } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect, kwEvent, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

const heard = (page: Page) => page.evaluate(() => (window as unknown as { heard: [string, object][] }).heard.map(([name]) => name));

/** What the site's server signs of its user. */
function sign(secret: string, sub: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub, exp: Math.floor(Date.now() / 1000) + 300 })}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

test('a message by the page is sent once, behind the start, and the page hears of it', async ({ page, shop, visit }) => {
  const bot = await shop.bot();
  await page.goto(shop.page({ bot_id: bot, params_from_site: { name: 'Olena' } }));
  const widget = new Widget(page);
  await expect(widget.launcher).toBeVisible();
  await kwEvent(page, 'send', { text: 'Do you have sencha?' });
  await kwEvent(page, 'openchat', 1);
  await expect(widget.log.locator('.row.own')).toHaveText([/Do you have sencha\?/]);
  // The bot greets by the parameters of the start. Its answers may come before the message or behind it.
  await expect(widget.bubbles().filter({ hasText: 'Hello, Olena!' }).first()).toBeVisible();
  const token = await page.evaluate((id) => localStorage.getItem(`kw:${id}`)!, bot);
  const peer = visit({ site: shop.origin, token });
  await peer.hears('Hello, Olena!');
  await expect.poll(() => peer.events.filter(({ author }) => author === 'visitor').map(({ type, text }) => [type, text])).toEqual([['start', undefined], ['text', 'Do you have sencha?']]);
  await expect.poll(() => heard(page)).toEqual(expect.arrayContaining(['opened', 'ready', 'message']));
  await kwEvent(page, 'openchat', 0);
  await expect.poll(() => heard(page)).toContain('closed');
});

test('whoever is identified has their own conversation, on every device', async ({ page, shop, admin, browser }) => {
  const bot = await shop.bot();
  const { secret } = (await admin.call('config.v1.BotService/GetIdentitySecret', { bot })) as { secret: string };
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('Hello, stranger!');
  await widget.write('said as a guest');
  await expect(widget.log.locator('.row.own').getByRole('img', { name: /Sent|Seen/ })).toBeVisible();
  await widget.type('and a draft');
  await kwEvent(page, 'identify', { user_token: sign(secret, 'olena') });
  await expect(widget.log).not.toContainText('said as a guest');
  await widget.hears('Hello, stranger!');
  await expect(widget.chat.getByRole('textbox')).toHaveValue('');
  await widget.write('said as Olena');
  await expect(widget.log.locator('.row.own').getByRole('img', { name: /Sent|Seen/ })).toBeVisible();

  const context = await browser.newContext({ locale: 'en-GB' });
  const other = new Widget(await context.newPage());
  await other.page.goto(shop.page({ bot_id: bot, user_token: sign(secret, 'olena') }));
  await other.open();
  await expect(other.log).toContainText('said as Olena');
  await expect(other.log).not.toContainText('said as a guest');
  await context.close();
});
