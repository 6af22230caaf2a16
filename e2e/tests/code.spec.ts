// A bot's own CSS, HTML and JavaScript: in the chat's frame and nowhere else, and never in the way of the chat.
import type { Frame, Page } from '@playwright/test';
import { expect, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

const errors = (page: Page) =>
  page.evaluate(() => (window as unknown as { heard: [string, { code: string; message: string }][] }).heard.filter(([name]) => name === 'error').map(([, { code, message }]) => `${code}: ${message}`));

/** The chat's document as it is now. */
const frameOf = (page: Page, url: string): Frame => page.frames().find((one) => one.url().startsWith(`${url}/widget/v2/frame/`))!;
/** Waits until a document is this old; one that is not shown draws no frames to count by. */
const age = (frame: Frame, ms: number) => frame.waitForFunction((than) => performance.now() > than, ms, { polling: 200 });

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

test('what hides the chat late is taken away, too', async ({ page, shop, deployment }) => {
  const bot = await shop.bot({ customCode: { css: 'header { outline: 3px solid rgb(1, 2, 3) } footer { display: none !important }', html: '<p>Sale!</p>' } });
  let come!: () => void;
  const came = new Promise<void>((resolve) => (come = resolve));
  await page.route('**/custom/*.css*', async (route) => {
    await came;
    await route.continue();
  });
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await widget.open();
  await age(frameOf(page, deployment.url), 4_000);
  expect(await errors(page)).toEqual([]);
  come();
  await expect.poll(() => errors(page)).toEqual(['custom_code: the CSS hid the chat, and was taken away']);
  await expect(widget.chat.getByRole('textbox')).toBeVisible();
  await expect(widget.chat.getByText('Sale!')).toBeVisible();
});

test('a sheet that hides it without any change of the page is noticed', async ({ page, shop }) => {
  const bot = await shop.bot({ customCode: { css: '@keyframes gone { to { visibility: hidden; opacity: 0 } } main { animation: gone 1s 3s forwards }' } });
  await page.goto(shop.page({ bot_id: bot }));
  await new Widget(page).open();
  await expect.poll(() => errors(page)).toEqual(['custom_code: the CSS hid the chat, and was taken away']);
});

test('what a script does to the chat is undone, and the second time the script is left out', async ({ page, shop, deployment }) => {
  const js = `addEventListener('hide', () => { document.body.style.display = 'none' });
    addEventListener('cover', () => {
      const cover = document.createElement('section');
      cover.style.cssText = 'position: fixed; inset: 0; z-index: 9; background: red';
      document.body.append(cover);
    });`;
  const bot = await shop.bot({ customCode: { js } });
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('Hello, stranger!');
  await age(frameOf(page, deployment.url), 4_000);
  await widget.type('Not sent yet');
  const happens = (what: string) => frameOf(page, deployment.url).evaluate((name) => void dispatchEvent(new Event(name)), what);
  await happens('hide');
  await expect.poll(() => errors(page)).toEqual(['custom_code: the script hid the chat']);
  // The same document.
  await expect(widget.chat.getByRole('textbox')).toHaveValue('Not sent yet');
  await widget.send();
  await expect(widget.log.locator('.row.own').last().getByRole('img', { name: /Sent|Seen/ })).toBeVisible();
  await happens('cover');
  await expect.poll(() => frameOf(page, deployment.url).url()).toMatch(/&lame$/);
  await expect(widget.chat.getByRole('textbox')).toBeVisible();
  await happens('hide');
  await age(frameOf(page, deployment.url), 4_000);
  await widget.write('Still there?');
  await expect(widget.log).toContainText('Still there?');
});

test('a chat that is closed is not taken for one that is hidden', async ({ page, shop, deployment }) => {
  const bot = await shop.bot({ customCode: { css: 'header { outline: 3px solid rgb(1, 2, 3) }', html: '<p>Sale!</p>', js: 'window.ran = true' } });
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await widget.launcher.hover();
  await expect(page.locator('kw-widget iframe')).toBeAttached();
  await expect.poll(() => frameOf(page, deployment.url)).toBeTruthy();
  await age(frameOf(page, deployment.url), 6_500);
  expect(await errors(page)).toEqual([]);
  await widget.open();
  await expect(widget.chat.getByText('Sale!')).toBeVisible();
});

test('its links and forms leave the chat where it is', async ({ page, shop, context, deployment }) => {
  const bot = await shop.bot({
    customCode: {
      html: `<p><a href="${shop.origin}/sencha?plain">Plain</a> <a target="_top" href="${shop.origin}/sencha?top">Top</a>
        <svg viewBox="0 0 40 20" width="40" height="20"><a href="${shop.origin}/sencha?svg"><text y="15">SVG</text></a></svg></p>
        <form action="${shop.origin}/sencha"><button>Order</button></form>`,
      js: `addEventListener('add', () => {
          const link = Object.assign(document.createElement('a'), { href: '${shop.origin}/sencha?added', textContent: 'Added' });
          document.querySelector('kw-custom p').append(link);
        });`,
    },
  });
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await widget.open();
  await widget.type('Not sent yet');
  await widget.chat.getByRole('button', { name: 'Order' }).click();
  await frameOf(page, deployment.url).evaluate(() => void dispatchEvent(new Event('add')));
  for (const name of ['Plain', 'Top', 'SVG', 'Added']) {
    const opened = context.waitForEvent('page');
    await widget.chat.getByText(name, { exact: true }).click();
    const tab = await opened;
    await tab.waitForURL(`${shop.origin}/sencha?${name.toLowerCase()}`);
    expect(await tab.evaluate(() => window.opener)).toBeNull();
    await tab.close();
  }
  await expect(widget.chat.getByRole('textbox')).toHaveValue('Not sent yet');
  expect(await errors(page)).toEqual([]);
});

test('a script that leads the frame away loses it again', async ({ page, shop, deployment }) => {
  const bot = await shop.bot({ customCode: { html: '<p>Sale!</p>', js: `addEventListener('leave', () => { location.href = '${shop.origin}/sencha' })` } });
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await widget.open();
  await widget.write('Before');
  await expect(widget.log.locator('.row.own').last().getByRole('img', { name: /Sent|Seen/ })).toBeVisible();
  await frameOf(page, deployment.url).evaluate(() => void dispatchEvent(new Event('leave')));
  await expect.poll(() => errors(page)).toEqual([expect.stringContaining('led to another page')]);
  await expect(widget.log).toContainText('Before');
  await widget.write('After');
  await expect(widget.log.locator('.row.own').last()).toContainText('After');
  await expect(widget.chat.getByText('Sale!')).toBeVisible();
  expect(page.frames().map((frame) => new URL(frame.url()).pathname)).toEqual(['/', '/widget/v2/frame/']);
});

test('a script that loads the frame again and again is left out', async ({ page, shop }) => {
  const bot = await shop.bot({ customCode: { js: 'location.reload()' } });
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await widget.launcher.click();
  await expect.poll(() => errors(page)).toEqual([expect.stringContaining('again and again')]);
  await widget.write('Steady now');
  await expect(widget.log).toContainText('Steady now');
});
