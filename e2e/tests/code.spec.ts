// A bot's own CSS, HTML and JavaScript: in the chat's frame and nowhere else, and never in the way of the chat.
import type { Page } from '@playwright/test';
import { expect, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

const errors = (page: Page) =>
  page.evaluate(() => (window as unknown as { heard: [string, { code: string; message: string }][] }).heard.filter(([name]) => name === 'error').map(([, { code, message }]) => `${code}: ${message}`));

test('runs in the frame only, and loads from its sources only', async ({ page, shop, site, deployment }) => {
  const load = (origin: string) => `document.head.append(Object.assign(document.createElement('script'), { src: '${origin}/code.js' }));`;
  const bot = await shop.bot({
    customCode: {
      css: 'header { outline: 3px solid rgb(1, 2, 3) }',
      html: '<p id="promo" onclick="window.clicked = 1">Free delivery</p><script>window.ran = "by HTML"</script>',
      js: `window.blocked = [];
        document.addEventListener('securitypolicyviolation', ({ blockedURI }) => blockedURI.startsWith('http') && blocked.push(blockedURI));
        window.ran = (window.ran || 0) + 1;
        try { parent.document.title = 'taken over' } catch (error) { window.kept = error.name }
        ${load(shop.origin)} ${load(site.origin)}`,
      sources: [shop.origin],
    },
  });
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await widget.open();
  await expect(widget.chat.locator('header')).toHaveCSS('outline-color', 'rgb(1, 2, 3)');
  await widget.chat.getByText('Free delivery').click();
  const frame = page.frames().find((one) => one.url().startsWith(deployment.url))!;
  const seen = () => frame.evaluate(() => Object.fromEntries(['ran', 'loaded', 'kept', 'clicked', 'blocked'].map((name) => [name, (window as unknown as Record<string, unknown>)[name]])));
  await expect.poll(seen).toEqual({ ran: 1, loaded: true, kept: 'SecurityError', clicked: undefined, blocked: [`${site.origin}/code.js`] });
  expect(await page.evaluate(() => ['ran' in window, document.title])).toEqual([false, 'A shop']);
  await widget.write('Hello');
  await expect(widget.log).toContainText('Hello');
  expect(await errors(page)).toEqual([]);
});

test('what is broken is reported, and the chat goes on', async ({ page, shop }) => {
  const bot = await shop.bot({ customCode: { js: 'document.querySelector("textarea").missing.call();' } });
  await page.goto(shop.page({ bot_id: bot, params_from_site: { name: 'Olena' } }));
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('Hello, Olena!');
  await expect.poll(() => errors(page)).toEqual([expect.stringMatching(/^custom_code: .*TypeError/)]);
  await widget.write('Still there?');
  await expect(widget.log.locator('.row.own').last().getByRole('img', { name: /Sent|Seen/ })).toBeVisible();
});

test('what hides the chat is taken away', async ({ page, shop }) => {
  const bot = await shop.bot({ customCode: { css: 'footer { display: none !important }' } });
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await widget.launcher.click();
  await expect.poll(() => errors(page)).toEqual([expect.stringContaining('hid the chat')]);
  await expect(widget.chat.getByRole('textbox')).toBeVisible();
  await widget.write('Found you');
  await expect(widget.log).toContainText('Found you');
});
