// What a visitor sees of an answer while it is written, changed, taken back and read; and what their tabs know of each other.
import type { Page } from '@playwright/test';
import type { Desk } from '../harness/desk.ts';
import { GALLERY, makeGallery, startGallerySite, type GallerySite } from '../harness/gallery.ts';
import { expect, test as base } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

// Not of the worker: the files could not share their deployment then.
const test = base.extend<{ gallery: GallerySite }>({
  gallery: async ({ deployment, admin }, use) => {
    const gallery = await startGallerySite(deployment.url);
    await makeGallery(admin, deployment.url, gallery.origin);
    await use(gallery);
    await gallery.stop();
  },
});

/** Opens the chat and has an operator take it. */
async function talk(page: Page, gallery: GallerySite, desk: Desk) {
  await page.goto(gallery.page());
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('This is everything that I can show.');
  await page.evaluate(() => (window as unknown as { kw_event(name: string, payload: object): void }).kw_event('emitevent', { event: 'alias', alias: 'person' }));
  await expect(widget.log).toContainText('Waiting for an operator');
  const dialog = await desk.take(GALLERY);
  await expect(widget.log).toContainText('Olena joined the chat');
  return { widget, dialog };
}

const own = (widget: Widget) => widget.log.locator('.row.own');

test('an answer grows piece by piece, in one bubble that becomes the message', async ({ page, gallery, desk }) => {
  const { widget, dialog } = await talk(page, gallery, desk);
  const clientId = crypto.randomUUID();
  const text = 'Here is **how**:\n\n1. Heat the water\n2. Wait\n\nThat is all.';
  const piece = (at: number, end: number) => desk.call('SendPartial', { dialogId: dialog, clientId, at, text: text.slice(at, end), parseMode: 'PARSE_MODE_MARKDOWN' });
  await piece(0, 12); // in the middle of the bold
  const live = widget.log.locator('.row.grows');
  await expect(live.locator('.md')).toHaveText('Here is ho');
  await piece(0, 30);
  await expect(live).toHaveAttribute('aria-live', 'off');
  await expect(live.locator('b')).toHaveText('how');
  const row = (await live.elementHandle())!;
  const item = (await live.locator('li').first().elementHandle())!;
  await piece(30, 37); // in the middle of a word
  await piece(44, text.length); // behind a gap: waits
  await piece(0, text.length);
  await expect(live).toContainText('That is all.');
  expect(await item.evaluate((element) => element.isConnected)).toBe(true);
  await desk.call('Send', { dialogId: dialog, clientId, text: { text, parseMode: 'PARSE_MODE_MARKDOWN' } });
  await expect(live).toHaveCount(0);
  // The same row, and nothing twice.
  expect(await row.evaluate((element) => [element.isConnected, element.getAttribute('aria-live')])).toEqual([true, null]);
  await expect(widget.log.getByText('That is all.')).toHaveCount(1);
});

test('an agent that thinks blocks sending, and cannot do so for ever when the network goes', async ({ page, context, gallery, desk }) => {
  const { widget, dialog } = await talk(page, gallery, desk);
  const thinks = (text: string, ttl: string) => desk.call('SendThinking', { dialogId: dialog, text, ttl });
  await thinks('Looking in the catalogue', '60s');
  await expect(widget.log).toContainText('Looking in the catalogue');
  await widget.write('Are you there?');
  await expect(widget.chat.getByText('You can send this as soon as the answer is there.')).toBeVisible();
  await expect(widget.chat.getByRole('textbox')).toHaveValue('Are you there?');
  await expect(widget.chat.getByRole('button', { name: 'Send' })).toBeDisabled();

  // The answer comes while nobody hears it.
  await context.setOffline(true);
  await expect(widget.chat.getByText('No connection.')).toBeVisible();
  await desk.say(dialog, 'Found it.');
  await context.setOffline(false);
  await widget.hears('Found it.');
  await expect(widget.log).not.toContainText('Looking in the catalogue');
  await widget.send();
  await expect(own(widget).last()).toContainText('Are you there?');

  // And it ends by itself where nothing comes any more.
  await thinks('Thinking again', '3s');
  await expect(widget.log).toContainText('Thinking again');
  await context.setOffline(true);
  await expect(widget.log).not.toContainText('Thinking again', { timeout: 10_000 });
  await context.setOffline(false);
});

test('a message is changed and taken back, and what was read is told', async ({ page, gallery, desk }) => {
  const { widget, dialog } = await talk(page, gallery, desk);
  await widget.write('One tin, please');
  const mine = own(widget).last();
  await expect(mine.getByRole('img', { name: 'Sent' })).toBeVisible();
  const id = (await mine.getAttribute('id'))!;
  await desk.call('MarkSeen', { dialogId: dialog, messageId: id });
  await expect(mine.getByRole('img', { name: 'Seen' })).toBeVisible();

  const said = await desk.say(dialog, 'That is 12 €');
  await widget.hears('That is 12 €');
  await desk.call('EditMessage', { dialogId: dialog, clientId: crypto.randomUUID(), messageId: said, text: { text: 'That is 14 €' } });
  await expect(widget.bubbles().last()).toHaveText('That is 14 €');
  await expect(widget.log.getByText('edited')).toBeVisible();
  await desk.call('DeleteMessage', { dialogId: dialog, clientId: crypto.randomUUID(), messageId: said });
  await expect(widget.bubbles().last()).toHaveText('This message was deleted');
  await page.reload();
  await widget.show();
  await expect(widget.bubbles().last()).toHaveText('This message was deleted');
});

test('the visitor answers one message of many, by hand and by keyboard', async ({ page, gallery, desk }) => {
  const { widget, dialog } = await talk(page, gallery, desk);
  const first = await desk.say(dialog, 'Sencha or oolong?');
  await desk.say(dialog, 'And how much of it?');
  const field = widget.chat.getByRole('textbox');
  const bar = widget.chat.locator('.answering');

  const row = widget.log.locator('.row', { hasText: 'Sencha or oolong?' });
  await row.hover();
  await row.getByRole('button', { name: 'Reply' }).click();
  await expect(bar).toContainText('Sencha or oolong?');
  await expect(field).toBeFocused();
  await field.press('Escape');
  await expect(bar).toHaveCount(0);
  await expect(field).toBeFocused(); // the panel is still open

  await field.press('ArrowUp');
  await expect(bar).toContainText('And how much of it?');
  await field.press('ArrowUp');
  await expect(bar).toContainText('Sencha or oolong?');
  await widget.write('Sencha');
  await expect(bar).toHaveCount(0);
  const quote = own(widget).last().getByRole('button', { name: /Olena.*Sencha or oolong/ });
  await quote.click();
  await expect(widget.log.locator(`[id="${first}"]`)).toBeInViewport();

  // And the other way round: the operator's answer quotes the visitor's.
  const mine = (await own(widget).last().getAttribute('id'))!;
  await desk.say(dialog, 'Good choice', { replyTo: mine });
  await expect(widget.log.locator('.row', { hasText: 'Good choice' }).getByRole('button', { name: /You.*Sencha/ })).toBeVisible();
});

test('what came while the chat was closed is marked, until the visitor answers', async ({ page, gallery, desk }) => {
  const { widget, dialog } = await talk(page, gallery, desk);
  await widget.launcher.click();
  await desk.say(dialog, 'One more thing');
  await expect(widget.launcher).toHaveAccessibleName(/1/);
  await widget.launcher.click();
  await expect(widget.log.getByText('New', { exact: true })).toBeVisible();
  await widget.write('Yes?');
  await expect(widget.log.getByText('New', { exact: true })).toHaveCount(0);
});

test('a visitor without WebSockets polls', async ({ page, gallery, desk }) => {
  await page.routeWebSocket(/socket\.io/, (socket) => socket.close());
  const polls: string[] = [];
  page.on('request', (request) => request.url().includes('transport=polling') && polls.push(request.method()));
  const { widget, dialog } = await talk(page, gallery, desk);
  await widget.write('Hello over there');
  await expect(own(widget).last().getByRole('img', { name: 'Sent' })).toBeVisible();
  await desk.say(dialog, 'Hello!');
  await widget.hears('Hello!');
  expect(polls).toEqual(expect.arrayContaining(['GET', 'POST']));
});

test('two tabs know what was read and what is being written', async ({ page, context, gallery, desk }) => {
  const { widget, dialog } = await talk(page, gallery, desk);
  const other = new Widget(await context.newPage());
  await other.page.goto(gallery.page());
  await expect(other.launcher).toBeVisible();
  await other.show();
  await other.hears('fetching somebody');

  // What is written in one tab stands in the other, unless somebody writes there.
  await widget.page.bringToFront();
  await widget.type('Half a sen');
  await other.page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await other.chat.getByRole('textbox').evaluate((field: HTMLElement) => field.blur());
  await widget.type('Half a sentence');
  await expect(other.chat.getByRole('textbox')).toHaveValue('Half a sentence');
  await widget.send();
  await expect(other.chat.getByRole('textbox')).toHaveValue('');
  await expect(own(other).last()).toContainText('Half a sentence');
  await expect(own(other)).toHaveCount(await own(widget).count());

  // What was read in one tab is news in none.
  await other.page.evaluate(() => (window as unknown as { kw_event(name: string, on: number): void }).kw_event('openchat', 0));
  await widget.launcher.click();
  await desk.say(dialog, 'Any more?');
  await expect(widget.launcher).toHaveAccessibleName(/1/);
  await expect(other.launcher).toHaveAccessibleName(/1/);
  await widget.launcher.click();
  await widget.hears('Any more?');
  await expect(other.launcher).not.toHaveAccessibleName(/1/);
});

test('what was changed or taken back is nowhere read as it was', async ({ page, gallery, desk }) => {
  const { widget, dialog } = await talk(page, gallery, desk);
  const bubble = page.locator('kw-widget [role=status] span');
  const change = (method: string, messageId: string, more = {}) => desk.call(method, { dialogId: dialog, clientId: crypto.randomUUID(), messageId, ...more });
  await widget.launcher.click();
  const id = await desk.say(dialog, 'Your code is 1234');
  await expect(bubble).toContainText('1234');
  await change('EditMessage', id, { text: { text: 'Your code is on its way' } });
  await expect(bubble).toContainText('on its way');
  await expect(bubble).not.toContainText('1234');
  await widget.launcher.click();
  await widget.hears('on its way');
  await widget.chat.getByRole('textbox').press('ArrowUp');
  const answering = widget.chat.locator('.answering');
  await expect(answering).toContainText('on its way');
  await change('EditMessage', id, { text: { text: 'It will come by post' } });
  await expect(answering).toContainText('by post');
  await change('DeleteMessage', id);
  await expect(answering).toContainText('This message was deleted');
  await expect(widget.chat.getByText('by post')).toHaveCount(0);
});

test('an end that is on its way is said as one that has come', async ({ page, context, gallery, desk }) => {
  const { widget } = await talk(page, gallery, desk);
  await widget.chat.getByRole('button', { name: 'More' }).click();
  await widget.chat.getByRole('menuitem', { name: 'End the chat' }).click();
  await context.setOffline(true);
  await expect(widget.chat.locator('.banner')).toBeVisible();
  await widget.chat.getByRole('dialog').getByRole('button', { name: 'End the chat' }).click();
  await expect(widget.log.getByText('The chat has ended')).toHaveCount(1);
  await expect(own(widget)).toHaveCount(0);
  await context.setOffline(false);
  await expect(widget.chat.locator('.banner')).toHaveCount(0, { timeout: 30_000 });
  await expect(widget.log).toContainText('How was your conversation?');
  await expect(widget.log.getByText('The chat has ended')).toHaveCount(1);
});

test('whoever is let in again sees it at the next look', async ({ page, shop }) => {
  const bot = await shop.bot();
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('Hello, stranger!');
  await shop.change(bot, {}, { blocks: [{ network: '127.0.0.0/8' }, { network: '::1/128' }], blockMessage: 'Closed to you.' });
  await expect(widget.chat.locator('.banner')).toContainText('Closed to you.');
  await shop.change(bot, {}, { blocks: [] });
  await expect(async () => {
    await widget.launcher.click();
    await widget.launcher.click();
    await expect(widget.chat.getByRole('textbox')).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await widget.write('Here I am again');
  await widget.hears('Hello, stranger!');
});

test('a draft that was sent in another tab is not left in this one', async ({ page, context, gallery, desk }) => {
  const { widget } = await talk(page, gallery, desk);
  await widget.type('Half a sentence');
  const other = new Widget(await context.newPage());
  // The browser as it is when nobody drives it: one tab has the focus.
  for (const at of [page, ...page.frames().filter((frame) => frame.url().includes('/frame/'))]) {
    const session = await context.newCDPSession(at);
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
  }
  await other.page.goto(gallery.page());
  await other.show();
  await other.page.bringToFront();
  await other.write('A whole sentence');
  await expect(own(other).last()).toContainText('A whole sentence');
  await expect(own(widget).last()).toContainText('A whole sentence');
  await expect(widget.chat.getByRole('textbox')).toHaveValue('');
});

test('of several tabs one rings', async ({ context, gallery, desk, partitioned }) => {
  test.skip(!partitioned, 'where storage is denied tabs cannot agree');
  await context.addInitScript(() => {
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) {
      console.log('rings');
      start.apply(this, at);
    };
  });
  const rung: string[] = [];
  const [first, second] = [await context.newPage(), await context.newPage()];
  for (const [i, page] of [first, second].entries()) page.on('console', (message) => message.text() === 'rings' && rung.push(`${i}`));
  const { widget, dialog } = await talk(first, gallery, desk);
  const other = new Widget(second);
  await second.goto(gallery.page());
  await other.show();
  for (const { chat } of [widget, other]) await chat.getByRole('button', { name: 'More' }).click();
  await widget.chat.getByRole('menuitemcheckbox', { name: 'Sound' }).click();
  await expect.poll(() => rung.length).toBe(2); // two notes: how it will sound
  for (const { chat, launcher } of [widget, other]) {
    await chat.getByRole('menu').press('Escape');
    await launcher.click();
  }
  await desk.say(dialog, 'Any more?');
  for (const { launcher } of [widget, other]) await expect(launcher).toHaveAccessibleName(/1/);
  await expect.poll(() => rung.length).toBe(4);
  expect(new Set(rung.slice(2)).size).toBe(1);
});
