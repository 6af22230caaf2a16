// The whole way by keys alone, and what a screen reader is told.
import type { Page } from '@playwright/test';
import type { Admin } from '../harness/admin.ts';
import type { Deployment } from '../harness/deployment.ts';
import { Desk } from '../harness/desk.ts';
import { GALLERY, makeGallery, startGallerySite, type GallerySite } from '../harness/gallery.ts';
import { jump } from '../harness/journey.ts';
import { frameOf, seesFocus, tabOut, tabTo } from '../harness/keys.ts';
import { expect, test as base } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

const test = base.extend<object, { gallery: GallerySite }>({
  gallery: [
    async ({ deployment, admin }: { deployment: Deployment; admin: Admin }, use) => {
      const gallery = await startGallerySite(deployment.url);
      await makeGallery(admin, deployment.url, gallery.origin);
      await use(gallery);
      await gallery.stop();
    },
    { scope: 'worker' },
  ],
});

/** By Tab to the launcher, and by Enter into the chat. */
async function enter(page: Page, gallery: GallerySite): Promise<Widget> {
  await page.goto(gallery.page());
  const widget = new Widget(page);
  await expect(widget.launcher).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(widget.launcher).toBeFocused();
  await seesFocus(page);
  await page.keyboard.press('Enter');
  await widget.hears('This is everything that I can show.');
  await expect(widget.chat.getByRole('textbox')).toBeFocused();
  return widget;
}

test('everything can be reached and left by keys, and the focus is always seen', async ({ page, gallery }) => {
  test.setTimeout(120_000);
  const widget = await enter(page, gallery);
  const { chat, log } = widget;
  const { keyboard } = page;
  const field = chat.locator('textarea');

  await test.step('writing', async () => {
    await keyboard.type('Hello');
    await keyboard.press('Enter');
    await widget.hears('Hello');
    await expect(field).toBeFocused();
  });
  await test.step('buttons', async () => {
    await jump(page, 'keyboard');
    await tabTo(page, '.keyboard .key', 'Shift+Tab');
    await keyboard.press('Enter');
    await widget.hears('Noted, thank you.');
  });
  await test.step('cards', async () => {
    await jump(page, 'cards');
    await tabTo(page, '.leaves', 'Shift+Tab');
    await keyboard.press('ArrowRight');
    await expect.poll(() => chat.locator('.leaves').evaluate((row) => row.scrollLeft)).toBeGreaterThan(0);
    await tabTo(page, '.card:nth-child(2) .key');
    await keyboard.press('Enter');
    await expect(log.locator('.row.own').last()).toContainText('Take it');
  });
  await test.step('a form', async () => {
    await jump(page, 'form');
    await tabTo(page, 'input[autocomplete=name]');
    await keyboard.type('Olena');
    await tabTo(page, 'input[type=tel]');
    await keyboard.type('+380501234567');
    await tabTo(page, 'input[type=radio]');
    await keyboard.press('Space');
    await tabTo(page, 'input[type=checkbox]');
    await keyboard.press('Space');
    await tabTo(page, '.form .primary');
    await keyboard.press('Enter');
    await expect(log.locator('.answers')).toContainText('A gift');
  });
  await test.step('a rating', async () => {
    await jump(page, 'stars');
    await tabTo(page, '.stars input', 'Shift+Tab');
    await keyboard.press('ArrowLeft');
    await keyboard.press('Enter');
    await expect(log.locator('.row.own').last()).toContainText('/5');
  });
  await test.step('the menu', async () => {
    await tabTo(page, '[aria-haspopup=menu]', 'Shift+Tab');
    await keyboard.press('Enter');
    await expect(chat.getByRole('menuitemcheckbox').first()).toBeFocused();
    await keyboard.press('End');
    await expect(chat.getByRole('menuitem', { name: 'End the chat' })).toBeFocused();
    await seesFocus(page);
    await keyboard.press('Escape');
    await expect(chat.getByRole('button', { name: 'More', exact: true })).toBeFocused();
  });
  await test.step('emoji', async () => {
    await tabTo(page, 'footer button[aria-label=Emoji]');
    await keyboard.press('Enter');
    await expect(chat.getByRole('searchbox')).toBeFocused();
    await keyboard.press('ArrowDown');
    await seesFocus(page);
    await keyboard.press('Enter');
    await expect(field).toBeFocused();
    await expect(field).not.toHaveValue('');
    await field.fill('');
  });
  await test.step('an answer to a message', async () => {
    await keyboard.press('ArrowUp');
    await expect(chat.locator('.answering')).toBeVisible();
    await keyboard.press('Escape');
    await expect(chat.locator('.answering')).toHaveCount(0);
    await expect(field).toBeFocused();
  });
  await test.step('a question', async () => {
    await jump(page, 'inline');
    await tabTo(page, '.inline .key:has(svg)', 'Shift+Tab');
    await keyboard.press('Enter');
    await expect(chat.getByRole('dialog')).toBeVisible();
    for (let i = 0; i < 3; i++) {
      await keyboard.press('Tab');
      await seesFocus(page);
      expect(await frameOf(page).evaluate(() => document.activeElement === document.body || !!document.activeElement?.closest('dialog'))).toBe(true);
    }
    await keyboard.press('Escape');
    await expect(chat.getByRole('dialog')).toHaveCount(0);
    await expect(chat.getByRole('button', { name: 'Our guide' }).last()).toBeFocused();
  });
  await test.step('the way out', async () => {
    await tabOut(page);
    await keyboard.press('Shift+Tab');
    await keyboard.press('Escape');
    await expect(widget.launcher).toHaveAttribute('aria-expanded', 'false');
    await expect(widget.launcher).toBeFocused();
  });
});

test('a screen reader finds its way, and is told every message once', async ({ page, gallery, deployment, admin }) => {
  await page.goto(gallery.page());
  const widget = new Widget(page);
  await expect(page.locator('body')).toMatchAriaSnapshot(`
    - main:
      - heading "A shop" [level=1]
      - paragraph
    - button "Open chat"
  `);
  await widget.open();
  await widget.hears('This is everything that I can show.');
  const body = widget.chat.locator('body');
  await expect(body).toMatchAriaSnapshot(`
    - banner:
      - heading "Leaf & Kettle" [level=1]
      - paragraph: Tea, and people who know it
      - button "More"
      - button "Close chat"
    - main:
      - region "Messages":
        - log:
          - text: /today Assistant Hello, Olena!/
          - time
    - contentinfo:
      - status
      - button "Attach a file"
      - textbox "Write a message…"
      - button "Emoji"
      - button "Send" [disabled]
  `);
  await jump(page, 'form');
  await expect(widget.log.getByRole('form')).toMatchAriaSnapshot(`
    - form "Where shall we send it?":
      - text: Your name
      - textbox "Your name"
      - text: Phone
      - textbox "Phone"
      - text: /Which day suits you/
      - textbox
      - group /Wrapped as/:
        - radio "A gift"
        - radio "Not at all"
      - text: /Anything else/
      - textbox
      - checkbox
      - button "Send"
  `);

  await jump(page, 'person');
  const desk = await Desk.open(admin, deployment, 'Marta');
  const dialogId = await desk.take(GALLERY);
  await desk.say(dialogId, 'Hello, this is Marta.');
  await widget.hears('this is Marta');
  await widget.write('Do you have smoked tea?');
  await widget.hears('smoked tea?');
  await expect(body).toMatchAriaSnapshot(`
    - log:
      - text: /Marta joined the chat Marta Hello, this is Marta/
      - time
      - text: /You Do you have smoked tea/
      - time
      - img "Sent"
  `);

  // What a screen reader is told are texts that come into the log where nothing is silent.
  await frameOf(page).evaluate(() => {
    const log = document.querySelector('[role=log]')!;
    const said: string[] = ((window as unknown as { said: string[] }).said = []);
    new MutationObserver((records) => {
      for (const { target, addedNodes } of records)
        for (const node of addedNodes) {
          const live = (node instanceof Element ? node : target as Element).closest?.('[aria-live]');
          if (live === log && node.textContent) said.push(node.textContent);
        }
    }).observe(log, { childList: true, subtree: true });
  });
  const count = (text: string) => frameOf(page).evaluate((wanted) => (window as unknown as { said: string[] }).said.filter((said) => said.includes(wanted)).length, text);
  await desk.say(dialogId, 'We have Lapsang.');
  await widget.hears('We have Lapsang.');
  expect(await count('We have Lapsang.')).toBe(1);
  const clientId = crypto.randomUUID();
  await desk.call('SendPartial', { dialogId, clientId, text: 'It comes in *small*' });
  await widget.hears('small');
  expect(await count('It comes in')).toBe(0);
  await desk.say(dialogId, 'It comes in small tins.', { clientId });
  await expect(widget.chat.locator('.grows')).toHaveCount(0);
  expect(await count('It comes in small tins.')).toBe(1);
});
