// What browsers let a guest keep: in the page's storage, in the frame's, or nowhere.
import type { Page } from '@playwright/test';
import { expect, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

const rules = [{ id: 'hello', afterSeconds: 1, text: 'Shall I help you?' }];
const bubble = (page: Page) => page.getByRole('button', { name: 'Shall I help you?' });

function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  return problems;
}

test('the page keeps who the visitor is, what is open and what was dismissed; the frame keeps drafts if it may', async ({ page, shop, partitioned }) => {
  const problems = watch(page);
  const bot = await shop.bot({ rules, prechat: { text: 'Who are you?', fields: [{ name: 'name', label: 'Name', required: true }] } });
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await bubble(page).waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.reload();
  await expect(widget.launcher).toBeVisible();
  await page.waitForLoadState('networkidle');
  await expect(bubble(page)).toHaveCount(0);

  await widget.launcher.click();
  const name = widget.chat.getByLabel('Name');
  await name.fill('Ole');
  await page.reload();
  await expect(name).toHaveValue(partitioned ? 'Ole' : '');
  await name.fill('Olena');
  await name.press('Enter');
  await widget.hears('Hello, Olena!');

  await widget.type('Half a sentence');
  await page.reload();
  await expect(widget.log).toContainText('Hello, Olena!');
  const field = widget.chat.getByRole('textbox');
  await expect(field).toHaveValue(partitioned ? 'Half a sentence' : '');
  await widget.launcher.click();
  await page.reload();
  await expect(widget.launcher).toHaveAttribute('aria-expanded', 'false');
  await widget.open();
  await expect(field).toHaveValue(partitioned ? 'Half a sentence' : '');
  expect(problems).toEqual([]);
});

test('where nothing may be kept the chat lives as long as the page, and nobody is told of errors', async ({ page, shop }) => {
  const problems = watch(page);
  // As browsers do it that block all of a site's data; it cannot be asked of one that is driven.
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError');
        },
      });
    window.BroadcastChannel = class {
      constructor() {
        throw new DOMException('Access is denied for this document.', 'SecurityError');
      }
    } as unknown as typeof BroadcastChannel;
  });
  const bot = await shop.bot({ rules, transcript: { download: true } });
  await page.goto(shop.page({ bot_id: bot, params_from_site: { name: 'Olena' } }));
  const widget = new Widget(page);
  await bubble(page).waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(bubble(page)).toHaveCount(0);
  await widget.open();
  await widget.hears('Hello, Olena!');
  await widget.write('Good evening');
  await expect(widget.log.locator('.row.own').last().getByRole('img', { name: /Sent|Seen/ })).toBeVisible();
  await widget.type('Half a sentence');
  await widget.launcher.click();
  await widget.launcher.click();
  await expect(widget.chat.getByRole('textbox')).toHaveValue('Half a sentence');
  await widget.chat.getByRole('button', { name: 'More' }).click();
  const sound = widget.chat.getByRole('menuitemcheckbox', { name: 'Sound' });
  await sound.click();
  await expect(sound).toBeChecked();

  await page.reload();
  await bubble(page).waitFor();
  await expect(widget.launcher).toHaveAttribute('aria-expanded', 'false');
  await widget.open();
  await expect(widget.log).toContainText('Hello, Olena!');
  await expect(widget.log).not.toContainText('Good evening');
  expect(problems).toEqual([]);
});
