// Every state of the widget, in pictures for people (out/gallery) and for axe, which finds what keeps somebody out.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { devices, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { violations } from '../harness/axe.ts';
import { Desk } from '../harness/desk.ts';
import { makeGallery, startGallerySite, type GallerySite } from '../harness/gallery.ts';
import { journey, type Look } from '../harness/journey.ts';
import { out } from '../harness/paths.ts';
import { scenes } from '../harness/scenes.ts';
import { expect, test } from '../harness/test.ts';

const folder = join(out, 'gallery');
const desktop = { viewport: { width: 1024, height: 800 } };
// One pixel is one pixel: Chromium now and then forgets to scale a frame of another site, which is then blurred and hit beside.
const phone = { ...devices['Pixel 7'], userAgent: undefined, deviceScaleFactor: 1 };

interface View {
  colorScheme: 'light' | 'dark';
  /** Narrower than the browser's window is. */
  size?: { width: number; height: number };
}

/** Browsers, and in what views each state is looked at in them. */
const browsers: Record<string, { options: BrowserContextOptions; language: string; views: Record<string, View> }> = {
  desktop: { options: desktop, language: 'en', views: { light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' } } },
  'right-to-left': { options: desktop, language: 'ar', views: { 'right-to-left': { colorScheme: 'light' } } },
  phone: { options: phone, language: 'en', views: { phone: { colorScheme: 'light' }, 'small-dark': { colorScheme: 'dark', size: { width: 320, height: 568 } } } },
};
/** What the browser says of a request that a scene has kept from going, or of a visitor whom the gateway keeps out. */
const EXPECTED = /ERR_INTERNET_DISCONNECTED|ERR_FAILED|status of 403/;

let site: GallerySite;

test.beforeAll(async ({ deployment, admin }) => {
  test.setTimeout(120_000);
  site = await startGallerySite(deployment.url);
  await makeGallery(admin, deployment.url, site.origin);
  for (const [name, { bot }] of Object.entries(scenes)) await makeGallery(admin, deployment.url, site.origin, { id: name, ...bot });
  await mkdir(folder, { recursive: true });
});
test.afterAll(() => site.stop());

/** Shows the page in a view, in a window of the size that it has, or a smaller one. */
async function turn(page: Page, { colorScheme, size }: View, window: { width: number; height: number }): Promise<void> {
  const { width, height } = size ?? window;
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width: Math.min(width, window.width), height: Math.min(height, window.height) });
}

/** Visits in a browser, goes where `go` leads, looks around there in each view, and wants nothing to be wrong. */
async function visit(browser: Browser, where: keyof typeof browsers, go: (page: Page, look: Look) => Promise<void>): Promise<void> {
  const { options, views } = browsers[where]!;
  const all = Object.entries(views);
  const context = await browser.newContext({ ...options, colorScheme: all[0]![1].colorScheme, locale: 'en-GB', reducedMotion: 'reduce' });
  const problems: string[] = [];
  const found = new Set<string>();
  context.on('console', (message) => message.type() === 'error' && !EXPECTED.test(message.text()) && problems.push(message.text()));
  context.on('weberror', ({ error }) => problems.push(String(error())));
  const page = await context.newPage();
  await go(page, async (state) => {
    const window = page.viewportSize()!;
    // The pictures first: some states do not last.
    for (const [name, view] of all) {
      if (all[1]) await turn(page, view, window);
      await page.screenshot({ path: join(folder, `${name}-${state}.png`) });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) problems.push(`${name} ${state} is ${wide} px wider than the screen`);
    }
    for (const [i, [name, view]] of [...all.entries()].toReversed()) {
      if (i < all.length - 1) await turn(page, view, window);
      // Another view of the same has other colours and another size.
      for (const what of await violations(page, i ? ['color-contrast', 'target-size'] : undefined)) {
        // Said once, where it was met first.
        if (!found.has(what)) problems.push(`${name} ${state}: ${what}`);
        found.add(what);
      }
    }
  });
  await context.close();
  expect(problems).toEqual([]);
}

for (const [name, { language }] of Object.entries(browsers)) {
  const order = (n: number) => String(n).padStart(2, '0');

  test(name, async ({ browser, deployment, admin }) => {
    test.setTimeout(180_000);
    const desk = await Desk.open(admin, deployment, 'Marta');
    await visit(browser, name, async (page, look) => {
      await page.goto(site.page({ language_code: language }));
      let stop = 0;
      await journey(page, desk, (state) => look(`${order(++stop)}-${state}`));
    });
  });

  for (const [scene, { options, isHosted, go }] of Object.entries(scenes)) {
    test(`${name}: ${scene}`, ({ browser, deployment }) =>
      visit(browser, name, async (page, look) => {
        const address = isHosted ? `${deployment.url}/widget/v2/chat/?bot-id=${scene}&lang=${language}` : site.page({ bot_id: scene, language_code: language, ...options?.(site.origin) });
        await page.goto(address);
        const chat = page.frameLocator('kw-widget iframe');
        await go({ page, chat, launcher: page.locator('kw-widget button.l'), field: chat.locator('textarea') }, (state) => look(`${scene}-${state}`));
      }));
  }
}
