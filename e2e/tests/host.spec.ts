// The widget as a guest on pages that make it hard: policies, styles, old embed code, things that are blocked.
import type { Page } from '@playwright/test';
import { expect, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

interface Seen {
  violations: string[];
  shift: number;
  globals: string[];
  events: [name: string, detail: Record<string, unknown>][];
}
const seen = (page: Page): Promise<Seen> => page.evaluate(() => (window as unknown as { seen: Seen }).seen);
const heard = async (page: Page, name: string) => (await seen(page)).events.filter(([event]) => event === name).map(([, detail]) => detail);

test.beforeEach(({ admin }) => expect(admin).toBeTruthy());

test('before anybody touches it there is the loader and the settings, no frame, and nothing is stored', async ({ deployment, site, page }) => {
  const asked: string[] = [];
  page.on('request', (request) => request.url().startsWith(deployment.url) && asked.push(new URL(request.url()).pathname));
  await page.goto(site.hard('plain', deployment.url));
  const widget = new Widget(page);
  await expect(widget.launcher).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(asked).toEqual(['/widget/v2/kw.js', '/widget/v2/settings/1.js']);
  expect(await page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage), document.cookie, document.querySelectorAll('script[src]').length])).toEqual([[], [], '', 1]);
  expect(page.frames()).toHaveLength(1);

  const { shift, globals } = await seen(page);
  expect(shift).toBe(0);
  const now = await page.evaluate(() => Object.keys(window));
  expect(now.filter((name) => !globals.includes(name) && name !== 'seen').toSorted()).toEqual(['KwizbotWidget', '__kw', 'kw', 'kw_event']);
  expect(await page.evaluate(() => window.onmessage)).toBeNull();
  await widget.open();
  expect((await seen(page)).shift).toBe(0);
});

test('a strict policy with Trusted Types is kept', async ({ deployment, site, page }) => {
  await page.goto(site.hard('strict', deployment.url));
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('What can I do for you?');
  expect((await seen(page)).violations).toEqual([]);
});

test('hostile styles of the page do not reach it', async ({ deployment, site, page }) => {
  await page.goto(site.hard('hostile', deployment.url));
  const widget = new Widget(page);
  await expect(widget.launcher).toBeVisible();
  expect(await widget.launcher.boundingBox()).toEqual({ x: 1280 - 25 - 60, y: 800 - 25 - 60, width: 60, height: 60 });
  await widget.open();
  await expect.poll(() => page.locator('kw-widget iframe').boundingBox()).toEqual({ x: 1280 - 25 - 400, y: 800 - 25 - 76 - 674, width: 400, height: 674 });
});

for (const src of ['/kwjs.js', '/widget/kwjs.js'])
  test(`old embed code loads it at ${src}`, async ({ deployment, site, page }) => {
    const options = JSON.stringify({ language_code: 'en', bot_id: '1', params_from_site: { name: 'Olena' }, widgetButton: { type: 'icon', position: { y: 'bottom', x: 'left', offset: 40 } }, launcher: { type: 'icon', closeIcon: 'close', openIcon: 'chat_bubble' } });
    await page.goto(site.hard('old', deployment.url, { src, options }));
    const widget = new Widget(page);
    await expect(widget.launcher).toBeVisible();
    expect((await widget.launcher.boundingBox())!.x).toBe(40);
    await widget.open();
    await expect(widget.bubbles().first()).toContainText('Hello, Olena!');
  });

test('a page that forbids the frame has a link to the chat instead', async ({ deployment, site, page }) => {
  await page.goto(site.hard('no-frames', deployment.url));
  const widget = new Widget(page);
  await widget.launcher.click();
  const link = page.getByRole('link', { name: 'Open chat' });
  await expect(link).toBeVisible();
  expect(await heard(page, 'error')).toEqual([{ bot_id: '1', code: 'frame_blocked', message: expect.stringContaining('policy') }]);
  const [chat] = await Promise.all([page.waitForEvent('popup'), link.click()]);
  await expect(chat.frameLocator('kw-widget iframe').getByRole('textbox')).toBeVisible();
  expect(new URL(chat.url()).pathname).toBe('/widget/v2/chat/');
});

test('a frame that never answers leaves the link too', async ({ deployment, site, page }) => {
  await page.route(`${deployment.url}/widget/v2/frame/**`, (route) => route.fulfill({ headers: { 'X-Frame-Options': 'DENY' }, body: 'no' }));
  await page.goto(site.hard('plain', deployment.url));
  await new Widget(page).launcher.click();
  await expect(page.getByRole('link', { name: 'Open chat' })).toBeVisible();
  expect(await heard(page, 'error')).toEqual([expect.objectContaining({ code: 'frame_blocked' })]);
});

test('a script that is blocked leaves the link too', async ({ deployment, site, page }) => {
  await page.goto(site.hard('no-parts', deployment.url));
  await new Widget(page).launcher.click();
  await expect(page.getByRole('link', { name: 'Open chat' })).toBeVisible();
  expect(await heard(page, 'error')).toEqual([expect.objectContaining({ code: 'unavailable' })]);
});

test('a network that was away for a moment leaves nothing behind', async ({ deployment, site, page, context }) => {
  await page.goto(site.hard('plain', deployment.url));
  const widget = new Widget(page);
  await expect(widget.launcher).toBeVisible();
  await context.setOffline(true);
  await widget.launcher.hover();
  await widget.launcher.click();
  await expect(page.getByRole('link', { name: 'Open chat' })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole('link', { name: 'Open chat' })).toHaveCount(0);
  await widget.open();
  expect(await heard(page, 'error')).toEqual([expect.objectContaining({ code: 'unavailable' })]);
});

test('presses while the panel is on its way open the chat once', async ({ deployment, site, page }) => {
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route('**/assets/panel-*', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(site.hard('plain', deployment.url));
  const widget = new Widget(page);
  await widget.launcher.click();
  await widget.launcher.click();
  go();
  await expect.poll(() => heard(page, 'opened')).toHaveLength(1);
  expect(await heard(page, 'closed')).toEqual([]);
});

const BLACK = [0, 0, 0, 255];
const WHITE = [255, 255, 255, 255];
for (const [bg, text, expected] of [
  ['#ffffff', undefined, BLACK],
  ['gold', undefined, BLACK],
  ['#666', undefined, WHITE],
  ['#123456', undefined, WHITE],
  ['var(--brand)', undefined, BLACK],
  ['linear-gradient(white, ivory)', undefined, WHITE],
  ['nonsense', undefined, WHITE],
  ['transparent', undefined, WHITE],
  ['#ffffff80', undefined, BLACK],
  [undefined, undefined, WHITE],
  ['white', 'rgb(1, 2, 3)', [1, 2, 3, 255]],
] as const)
  test(`on ${bg} with the text ${text} the launcher's icon is ${expected.join()}`, async ({ deployment, site, page }) => {
    await page.goto(site.hard('plain', deployment.url, { options: JSON.stringify({ colors: { header: { bg, text } } }) }));
    const { launcher } = new Widget(page);
    await expect(launcher).toBeVisible();
    const drawn = () =>
      launcher.evaluate((button) => {
        document.documentElement.style.setProperty('--brand', 'white');
        const pen = document.createElement('canvas').getContext('2d')!;
        pen.fillStyle = getComputedStyle(button).color;
        pen.fillRect(0, 0, 1, 1);
        return [...pen.getImageData(0, 0, 1, 1).data];
      });
    await expect.poll(drawn).toEqual(expected);
  });

test('long words on the launcher stay in a narrow window', async ({ deployment, site, page }) => {
  await page.setViewportSize({ width: 320, height: 600 });
  for (const title of ['Questions about our teas, the delivery or an order of yours?', 'Bestellabwicklungsauskunftsstelle']) {
    const options = JSON.stringify({ widgetButton: { type: 'button', position: { offset: 40 } }, multi_channel: { button_title: title } });
    await page.goto(site.hard('plain', deployment.url, { options }));
    const launcher = page.getByRole('button', { name: title });
    await expect(launcher).toBeVisible();
    const { x, width } = (await launcher.boundingBox())!;
    expect([x >= 40, x + width]).toEqual([true, 280]);
    expect(await launcher.evaluate((button) => [button.scrollWidth <= button.clientWidth, button.querySelector('svg')!.clientWidth])).toEqual([true, 28]);
  }
});

test('where only the default policy of Trusted Types is allowed, that decides', async ({ deployment, site, page }) => {
  await page.goto(site.hard('default-policy', deployment.url));
  await new Widget(page).open();
});

test('where the settings cannot be had nothing is left, and the page is told', async ({ deployment, site, page }) => {
  for (const name of ['no-scripts', 'plain']) {
    if (name === 'plain') await page.route('**/settings/*', (route) => route.abort());
    await page.goto(site.hard(name, deployment.url));
    await expect.poll(() => heard(page, 'error')).toEqual([expect.objectContaining({ code: 'unavailable', bot_id: '1' })]);
    await expect(page.locator('kw-widget')).toHaveCount(0);
  }
});

test('with autostart off the page decides when', async ({ deployment, site, page }) => {
  const asked: string[] = [];
  page.on('request', (request) => request.url().startsWith(deployment.url) && asked.push(new URL(request.url()).pathname));
  await page.goto(site.hard('plain', deployment.url, { options: '{"autostart": false}' }));
  await page.waitForLoadState('networkidle');
  expect(asked).toEqual(['/widget/v2/kw.js']);
  await page.evaluate(() => (window as unknown as { kw_event(name: string): void }).kw_event('show'));
  await new Widget(page).open();
});

test('mistakes in the options are said with the nearest name', async ({ deployment, site, page }) => {
  const warning = page.waitForEvent('console', (message) => message.type() === 'warning' && message.text().includes('[kw]'));
  await page.goto(site.hard('plain', deployment.url, { options: '{"languageCode": "en"}' }));
  await new Widget(page).launcher.hover();
  expect((await warning).text()).toBe('[kw] init: languageCode: unknown option, did you mean language_code?');
});
