// Every state of the widget, in pictures for people (out/gallery) and for axe, which finds what keeps somebody out.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { devices } from '@playwright/test';
import { violations } from '../harness/axe.ts';
import { Desk } from '../harness/desk.ts';
import { makeGallery, startGallerySite, type GallerySite } from '../harness/gallery.ts';
import { journey } from '../harness/journey.ts';
import { out } from '../harness/paths.ts';
import { expect, test } from '../harness/test.ts';

const folder = join(out, 'gallery');
const desktop = { viewport: { width: 1024, height: 800 } };
const phone = { ...devices['Pixel 7'], userAgent: undefined };
const variations = {
  light: { ...desktop, colorScheme: 'light' },
  dark: { ...desktop, colorScheme: 'dark' },
  'right-to-left': { ...desktop, colorScheme: 'light', language: 'ar' },
  phone: { ...phone, colorScheme: 'light' },
  'small-dark': { ...phone, viewport: { width: 320, height: 568 }, colorScheme: 'dark' },
} as const;

let site: GallerySite;

test.beforeAll(async ({ deployment, admin }) => {
  site = await startGallerySite(deployment.url);
  await makeGallery(admin, deployment.url, site.origin);
  await mkdir(folder, { recursive: true });
});
test.afterAll(() => site.stop());

for (const [name, variation] of Object.entries(variations)) {
  test(name, async ({ browser, deployment, admin }) => {
    test.setTimeout(180_000);
    const { language = 'en', ...options } = { language: undefined, ...variation };
    const context = await browser.newContext({ ...options, locale: 'en-GB', reducedMotion: 'reduce' });
    const problems: string[] = [];
    const found = new Set<string>();
    context.on('console', (message) => message.type() === 'error' && !/ERR_INTERNET_DISCONNECTED/.test(message.text()) && problems.push(message.text()));
    context.on('weberror', ({ error }) => problems.push(String(error())));
    const page = await context.newPage();
    await page.goto(site.page({ language_code: language }));
    const desk = await Desk.open(admin, deployment, 'Marta');
    let stop = 0;
    await journey(page, desk, async (state) => {
      await page.screenshot({ path: join(folder, `${name}-${String(++stop).padStart(2, '0')}-${state}.png`) });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) problems.push(`${state} is ${wide} px wider than the screen`);
      for (const what of await violations(page)) {
        // Said once, where it was met first.
        if (!found.has(what)) problems.push(`${state}: ${what}`);
        found.add(what);
      }
    });
    await context.close();
    expect(problems).toEqual([]);
  });
}
