// Cards, forms, ratings and the menu against the real services: what is put in is stored, and the scenario goes on.
import type { Page } from '@playwright/test';
import { makeGallery, startGallerySite, type GallerySite } from '../harness/gallery.ts';
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

/** Opens the chat at an entry of the scenario. */
async function show(page: Page, gallery: GallerySite, alias: string): Promise<Widget> {
  await page.goto(gallery.page());
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('This is everything that I can show.');
  await page.evaluate((to) => (window as unknown as { kw_event(name: string, payload: object): void }).kw_event('emitevent', { event: 'alias', alias: to }), alias);
  return widget;
}

test('a form says what is wrong at the field, is sent once it is right, and shows what was answered', async ({ page, gallery }) => {
  const widget = await show(page, gallery, 'form');
  const form = widget.log.getByRole('form');
  await form.getByLabel('Phone').fill('12');
  await form.getByRole('button', { name: 'Send' }).click();
  await expect(form.getByLabel('Your name')).toBeFocused();
  await expect(form.getByLabel('Phone')).toHaveAccessibleDescription(/7 to 15 digits/);
  await form.getByLabel('Your name').fill('Olena');
  await form.getByLabel('Phone').fill('+38 (044) 123-45-67');
  await form.getByLabel('Which day suits you?').fill('2026-12-01');
  await form.getByText('A gift').click();
  await form.getByRole('button', { name: 'Send' }).click();
  await widget.hears('Noted, thank you.');
  await expect(widget.log.locator('.answers')).toContainText('+380441234567');
  await expect(widget.log.locator('.row.own').last()).toContainText('Your name: Olena');
});

test('a rating is walked over with the keys and sent by Enter', async ({ page, gallery }) => {
  const widget = await show(page, gallery, 'stars');
  await widget.log.getByRole('radio', { name: '1 of 5' }).focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
  await expect(widget.log.getByRole('radio', { name: '4 of 5' })).toBeChecked();
  await page.keyboard.press('Enter');
  await widget.hears('Noted, thank you.');
  await expect(widget.log.locator('.row.own').last()).toContainText('⭐ 4/5');
});

test('a card is chosen, its links are asked about, and then it only reads', async ({ page, gallery }) => {
  const widget = await show(page, gallery, 'cards');
  const card = widget.log.getByRole('group', { name: /^1 of / });
  await card.getByRole('button', { name: 'Read more' }).click();
  await expect(widget.chat.getByRole('dialog')).toContainText('example.com');
  await page.keyboard.press('Escape');
  await card.getByRole('button', { name: 'Take it' }).click();
  await widget.hears('Noted, thank you.');
  await expect(card.getByRole('button', { name: 'Take it' })).toBeDisabled();
});

test('the conversation is taken along as a file', async ({ page, gallery }) => {
  const widget = await show(page, gallery, 'email');
  await widget.log.getByRole('form').getByRole('textbox').fill('olena@example.com');
  await page.keyboard.press('Enter');
  await widget.hears('Noted, thank you.');
  await widget.chat.getByRole('button', { name: 'More' }).click();
  const download = page.waitForEvent('download');
  await widget.chat.getByRole('menuitem', { name: 'Download the conversation' }).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  expect(text).toContain('You: olena@example.com');
  expect(text).toContain('Noted, thank you.');
});

test('a place is found where the visitor lets the browser tell it', async ({ page, context, gallery }) => {
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ latitude: 50.4501, longitude: 30.5234 });
  const widget = await show(page, gallery, 'location');
  const form = widget.log.getByRole('form');
  await form.getByRole('button', { name: 'Share my location' }).click();
  await expect(form.getByRole('status')).toContainText('50.4501, 30.5234');
  expect((await form.getByText('Write it yourself').boundingBox())!.height).toBeGreaterThanOrEqual(44);
  await form.getByRole('button', { name: 'Send' }).click();
  await widget.hears('Noted, thank you.');
  await expect(widget.log.locator('.row.own').last()).toContainText('50.4501');
});
