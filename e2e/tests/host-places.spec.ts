// Where the widget is on a page, and when it speaks: containers, corners, dialogs, messengers, rules, the way back.
import type { Page } from '@playwright/test';
import { BOT } from '../harness/admin.ts';
import { loopback } from '../harness/deployment.ts';
import { expect, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

const call = (page: Page, ...args: unknown[]) => page.evaluate((all) => (window as unknown as { kw_event(...args: unknown[]): void }).kw_event(...all), args);
const shift = (page: Page) => page.evaluate(() => (window as unknown as { seen: { shift: number } }).seen.shift);

test.beforeEach(({ admin }) => expect(admin).toBeTruthy());

test.describe('two bots on one page', () => {
  test.beforeAll(async ({ admin, site }) => {
    await admin.call('config.v1.BotService/CreateBot', { bot: { id: 'second', name: 'Second', allowedOrigins: [site.origin], widget: { title: 'The other one' } } }).catch((error: Error) => {
      if (!/exist/.test(error.message)) throw error;
    });
  });

  test('have a widget each, and are called together or one by one', async ({ deployment, site, page }) => {
    await page.goto(site.hard('two', deployment.url));
    const launchers = page.locator('kw-widget').getByRole('button', { name: 'Open chat' });
    await expect(launchers).toHaveCount(2);
    await call(page, 'openchat', 1, 'second');
    await expect(page.frameLocator('kw-widget iframe[src*="bot-id=second"]').getByRole('heading', { name: 'The other one' })).toBeVisible();
    await expect(page.locator('kw-widget iframe')).toHaveCount(1);
    await call(page, 'openchat', 1);
    await expect(page.locator('kw-widget iframe:visible')).toHaveCount(2);
    await call(page, 'destroy', null, 1);
    await expect(page.locator('kw-widget')).toHaveCount(1);
    await call(page, 'destroy');
    await expect(page.locator('kw-widget')).toHaveCount(0);
    expect(page.frames()).toHaveLength(1);
  });
});

test('a container is filled, and nothing on the page moves', async ({ deployment, site, page }) => {
  for (const [size, height] of [
    ['height: 500px; width: 420px', 500],
    ['min-height: 450px; width: 420px; padding: 10px; box-sizing: content-box', 450],
  ] as const) {
    await page.goto(site.hard('container', deployment.url, { size }));
    const frame = page.locator('kw-widget iframe');
    await expect(page.frameLocator('kw-widget iframe').getByRole('textbox')).toBeVisible();
    expect(await frame.evaluate((element) => [element.clientWidth, element.clientHeight])).toEqual([420, height]);
    await expect(page.getByRole('button', { name: 'Open chat' })).toHaveCount(0);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
    expect(await shift(page)).toBe(0);
  }
});

test('a container that is shown later is filled then, and covers nothing', async ({ deployment, site, page }) => {
  await page.goto(site.hard('container', deployment.url, { size: 'height: 300px; width: 420px; display: none' }));
  await expect(page.locator('kw-widget[inline]')).toHaveCount(1);
  await page.evaluate(() => (document.getElementById('chat')!.style.display = 'block'));
  await expect(page.frameLocator('kw-widget iframe').getByRole('textbox')).toBeVisible();
  const frame = (await page.locator('kw-widget iframe').boundingBox())!;
  const below = (await page.getByText('Below the chat').boundingBox())!;
  expect(frame.height).toBe(300);
  expect(below.y).toBeGreaterThanOrEqual(frame.y + frame.height);
});

test('words on the launcher are beside its picture in Arabic, too', async ({ deployment, site, page }) => {
  const options = { language_code: 'ar', widgetButton: { type: 'button' }, multi_channel: { button_title: 'تحدث إلينا' } };
  await page.goto(site.hard('plain', deployment.url, { options: JSON.stringify(options) }));
  await expect(page.locator('kw-widget')).toHaveCount(1);
  await call(page, 'openchat', 1);
  await expect(page.frameLocator('kw-widget iframe').getByRole('textbox')).toBeVisible();
  await page.screenshot({ path: 'out/looks/host-arabic-button.png' });
  const [picture, cross] = await page.locator('kw-widget .l svg').evaluateAll((drawn: SVGElement[]) => drawn.map((one) => (one as unknown as HTMLElement).parentElement!.getBoundingClientRect().right - one.getBoundingClientRect().right));
  expect(Math.abs(picture! - cross!)).toBeLessThan(8);
});

test('messengers and the chat are a menu', async ({ deployment, site, page }) => {
  const options = { language_code: 'en', widgetButton: { type: 'multi' }, multi_channel: { button_title: 'Write to us', messengers: { viber: 'viber://pa?chatURI=shop', telegram: 'https://t.me/shop', facebook: '', whatsapp: 'https://wa.me/1' } } };
  await page.goto(site.hard('plain', deployment.url, { options: JSON.stringify(options) }));
  const launcher = page.getByRole('button', { name: 'Write to us' });
  await launcher.press('Enter');
  await expect(page.getByRole('menuitem')).toHaveText(['Viber', 'Telegram', 'WhatsApp', 'Chat']);
  await expect(page.getByRole('menuitem', { name: 'Viber' })).toBeFocused();
  await page.screenshot({ path: 'out/looks/host-messengers.png' });
  await page.keyboard.press('Escape');
  await expect(launcher).toBeFocused();
  expect(page.frames()).toHaveLength(1);
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const widget = new Widget(page);
  await expect(widget.chat.getByRole('textbox')).toBeFocused();
  // A message that comes later would open it again.
  await widget.hears('What can I do for you?');
  await page.keyboard.press('Escape');
  await expect(launcher).toBeFocused();
});

test('a modal dialog of the page has the chat in it, and gives it back', async ({ deployment, site, page }) => {
  await page.goto(site.hard('dialog', deployment.url));
  const widget = new Widget(page);
  await widget.open();
  await widget.type('kept while it moves');
  await call(page, 'openchat', 0);
  await page.getByRole('button', { name: 'Basket' }).click();
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(page.locator('dialog kw-widget')).toHaveCount(1);
  await expect(widget.chat.getByRole('textbox')).toHaveValue('kept while it moves');
  await widget.chat.getByRole('textbox').press('End');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.locator('body > kw-widget')).toHaveCount(1);
  await expect(widget.chat.getByRole('textbox')).toHaveValue('kept while it moves');
});

test('an application that removes its dialog leaves the chat, which works', async ({ deployment, site, page }) => {
  await page.goto(site.hard('dialog', deployment.url));
  const widget = new Widget(page);
  await page.getByRole('button', { name: 'Basket' }).click();
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(page.locator('dialog kw-widget')).toHaveCount(1);
  await widget.hears('What can I do for you?');
  await page.evaluate(() => document.getElementById('modal')!.remove());
  await expect(page.locator('body > kw-widget')).toHaveCount(1);
  await widget.press('Call me back');
  await widget.hears('Which number shall we call?');
});

test('the page comes back from the back-forward cache as it was, with a chat that works', async ({ deployment, site, page }) => {
  await page.goto(site.hard('plain', deployment.url));
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('What can I do for you?');
  await page.evaluate(() => ((window as unknown as { kept: boolean }).kept = true));
  await page.goto(site.hard('nothing', deployment.url));
  await page.goBack();
  // Where the browser keeps no pages while it is driven, the tab's storage has opened it again.
  await widget.press('Call me back');
  await widget.hears('Which number shall we call?');
});

test('an open chat is open on the next page, not on a phone, and not after it was closed', async ({ deployment, site, page }) => {
  const address = site.hard('plain', deployment.url);
  await page.goto(address);
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('What can I do for you?');
  await page.reload();
  await expect(widget.chat.getByRole('textbox')).toBeVisible();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await expect(widget.launcher).toBeVisible();
  await page.waitForLoadState('networkidle');
  await expect(page.locator('kw-widget iframe')).not.toBeVisible();
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.reload();
  await expect(widget.chat.getByRole('textbox')).toBeVisible();
  await widget.launcher.click();
  await page.reload();
  await expect(widget.launcher).toBeVisible();
  await page.waitForLoadState('networkidle');
  await expect(page.locator('kw-widget iframe')).not.toBeVisible();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test('the chat covers the page, which does not scroll behind it', async ({ deployment, site, page }) => {
    await page.goto(site.hard('long', deployment.url));
    const widget = new Widget(page);
    await page.evaluate(() => scrollTo(0, 500));
    await widget.open();
    expect(await page.locator('kw-widget iframe').boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    expect(await page.evaluate(() => [getComputedStyle(document.documentElement).overflow, scrollY, document.documentElement.getAttribute('style')])).toEqual(['hidden', 500, null]);
    await call(page, 'openchat', 0);
    await expect(widget.launcher).toBeFocused();
    expect(await page.evaluate(() => [getComputedStyle(document.documentElement).overflow, scrollY])).toEqual(['visible', 500]);
    expect(await shift(page)).toBe(0);
  });
});

test.describe('on a phone that is held sideways', () => {
  test.use({ viewport: { width: 844, height: 390 }, isMobile: true, hasTouch: true });

  test('the chat covers the page as well', async ({ deployment, site, page }) => {
    await page.goto(site.hard('long', deployment.url));
    const widget = new Widget(page);
    await widget.open();
    expect(await page.locator('kw-widget iframe').boundingBox()).toEqual({ x: 0, y: 0, width: 844, height: 390 });
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).overflow)).toBe('hidden');
    await page.reload();
    await expect(widget.launcher).toBeVisible();
    await page.waitForLoadState('networkidle');
    await expect(page.locator('kw-widget iframe')).not.toBeVisible();
  });
});

test('a language that is none is no reason to be without a chat', async ({ deployment, site, page }) => {
  const warned: string[] = [];
  page.on('console', (message) => message.type() === 'warning' && message.text().startsWith('[kw]') && warned.push(message.text()));
  for (const [language_code, lang, wrong] of [
    [5, 'en', 'expected string, got number'],
    [['uk'], 'uk', 'expected string, got object'],
    ['ua', 'uk', 'ua is a country, taken for uk, which is Ukrainian'],
  ] as const) {
    await page.goto(site.hard('plain', deployment.url, { options: JSON.stringify({ language_code }) }));
    await page.locator('kw-widget button.l').click();
    const chat = page.frameLocator('kw-widget iframe');
    await expect(chat.getByRole('log')).toContainText('Hello');
    await expect(chat.locator('html')).toHaveAttribute('lang', lang);
    expect(warned.splice(0)).toEqual([`[kw] init: language_code: ${wrong}`]);
  }
});

test('beside a scrollbar that takes room the chat has all the width of a narrow window, and the page stays as it was', async ({ deployment, site, playwright, launchOptions }) => {
  const browser = await playwright.chromium.launch({ ...launchOptions, ignoreDefaultArgs: ['--hide-scrollbars'] });
  try {
    const page = await browser.newPage({ viewport: { width: 420, height: 800 }, reducedMotion: 'reduce' });
    await page.goto(site.hard('long', deployment.url));
    const widget = new Widget(page);
    await expect(widget.launcher).toBeVisible();
    const place = () =>
      page.evaluate(() => {
        scrollBy(0, 0);
        const { left, top, width } = document.querySelector('p')!.getBoundingClientRect();
        return { left, top, width, room: innerWidth - document.documentElement.clientWidth };
      });
    await page.evaluate(() => scrollTo(0, 1e6));
    const before = await place();
    expect(before.room).toBeGreaterThan(5);
    await widget.open();
    expect(await page.locator('kw-widget iframe').boundingBox()).toEqual({ x: 0, y: 0, width: 420, height: 800 });
    expect(await place()).toEqual({ ...before, room: 0 });
    await page.screenshot({ path: 'out/looks/host-narrow.png' });
    await call(page, 'openchat', 0);
    expect(await place()).toEqual(before);
  } finally {
    await browser.close();
  }
});

test.describe('rules', () => {
  let widget: object;
  test.beforeAll(async ({ admin }) => {
    const { bot } = (await admin.call('config.v1.BotService/GetBot', { id: BOT })) as { bot: { widget: object } };
    ({ widget } = bot);
  });
  test.afterAll(({ admin }) => admin.change({ widget }));

  test('the bot speaks first, with one small script and no frame; what was dismissed stays away', async ({ deployment, site, admin, page }) => {
    await admin.change({ widget: { ...widget, rules: [{ id: 'scrolled', scrollPercent: 50, url: '*/long*', text: 'Shall I help you to choose?', alias: 'tea' }] } });
    await expect.poll(async () => (await fetch(`${loopback(deployment.url)}/widget/v2/settings/1.js`, { headers: { Origin: site.origin } })).text()).toContain('scrolled');
    const asked: string[] = [];
    page.on('request', (request) => request.url().startsWith(deployment.url) && asked.push(new URL(request.url()).pathname.replace(/-\w+\.js/, '.js')));
    await page.goto(site.hard('long', deployment.url));
    await expect(new Widget(page).launcher).toBeVisible();
    await page.waitForLoadState('networkidle');
    const bubble = page.getByRole('status').filter({ hasText: 'Shall I help you' });
    await expect(bubble).toHaveCount(0);
    await page.mouse.wheel(0, 3_000);
    await expect(bubble).toBeVisible();
    await page.screenshot({ path: 'out/looks/host-rule.png' });
    expect(asked).toEqual(['/widget/v2/kw.js', '/widget/v2/settings/1.js', '/widget/v2/assets/rules.js']);
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect(bubble).toHaveCount(0);
    await page.reload();
    await expect(new Widget(page).launcher).toBeVisible();
    await page.waitForLoadState('networkidle');
    await page.mouse.wheel(0, 3_000);
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(1_000);
    await expect(bubble).toHaveCount(0);
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await page.mouse.wheel(0, 3_000);
    await page.getByRole('button', { name: 'Shall I help you to choose?' }).click();
    await expect(new Widget(page).chat.getByRole('textbox')).toBeVisible();
  });

  test('an application that scrolls in an element is read as far as that has scrolled', async ({ deployment, site, admin, page }) => {
    await admin.change({ widget: { ...widget, rules: [{ id: 'shell', scrollPercent: 50, url: '*/shell*', text: 'Shall I find it?' }] } });
    await expect.poll(async () => (await fetch(`${loopback(deployment.url)}/widget/v2/settings/1.js`, { headers: { Origin: site.origin } })).text()).toContain('shell');
    await page.goto(site.hard('shell', deployment.url));
    await expect(new Widget(page).launcher).toBeVisible();
    await page.waitForLoadState('networkidle');
    const bubble = page.getByRole('status').filter({ hasText: 'Shall I find it?' });
    await expect(bubble).toHaveCount(0);
    await page.mouse.move(300, 300);
    await page.mouse.wheel(0, 3_000);
    await expect(bubble).toBeVisible();
  });
});
