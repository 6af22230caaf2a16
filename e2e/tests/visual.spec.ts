// A handful of states that look as they did: `--update-snapshots` takes the pictures again, to be looked at.
import type { Page } from '@playwright/test';
import { Desk } from '../harness/desk.ts';
import { GALLERY, makeGallery, startGallerySite, type GallerySite } from '../harness/gallery.ts';
import { jump } from '../harness/journey.ts';
import { frameOf } from '../harness/keys.ts';
import { expect, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

const devices = {
  desktop: { viewport: { width: 500, height: 760 } },
  phone: { viewport: { width: 360, height: 680 }, isMobile: true, hasTouch: true },
};

let site: GallerySite;

test.beforeAll(async ({ deployment, admin }) => {
  site = await startGallerySite(deployment.url);
  await makeGallery(admin, deployment.url, site.origin);
});
test.afterAll(() => site.stop());

/** What differs from machine to machine and from run to run: fonts, times, what moves. */
const steady = (page: Page) =>
  frameOf(page).evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      *, ::before, ::after { font-family: "Liberation Sans" !important; animation: none !important; transition: none !important; caret-color: transparent !important }
      time { display: inline-block; width: 48px; height: 12px; overflow: hidden; visibility: hidden }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  });

for (const [device, options] of Object.entries(devices)) {
  test(`on a ${device}`, async ({ browser, deployment, admin }) => {
    const context = await browser.newContext({ ...options, locale: 'en-GB', colorScheme: 'light', reducedMotion: 'reduce' });
    const page = await context.newPage();
    const same = async (name: string) => {
      await page.mouse.move(2, 2);
      await expect(page).toHaveScreenshot(`${device}-${name}.png`);
    };
    const desk = await Desk.open(admin, deployment, 'Marta');
    await page.goto(site.page());
    const widget = new Widget(page);
    await expect(widget.launcher).toBeVisible();
    await same('launcher');
    await widget.open();
    await widget.hears('This is everything that I can show.');
    await steady(page);
    await same('welcome');
    await jump(page, 'cards');
    await expect.poll(() => widget.log.locator('.card img').first().evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    await jump(page, 'keyboard');
    await expect(widget.chat.locator('.keyboard')).toBeVisible();
    await same('keyboard');
    await jump(page, 'form');
    await expect(widget.log.getByRole('form')).toBeVisible();
    await same('form');

    await page.emulateMedia({ colorScheme: 'dark' });
    await jump(page, 'person');
    const dialogId = await desk.take(GALLERY);
    await desk.say(dialogId, 'Hello Olena, this is Marta. How can I help?');
    await widget.hears('this is Marta');
    await widget.write('Do you have smoked tea?');
    await widget.hears('smoked tea?');
    await desk.say(dialogId, '', { text: { text: 'We have **Lapsang**, in small tins:\n\n- 50 g for 6 €\n- 100 g for 11 €', parseMode: 'PARSE_MODE_MARKDOWN' } });
    await expect(widget.log.locator('li')).toHaveCount(2);
    await expect(widget.log.getByRole('img', { name: 'Seen' })).toBeVisible();
    await same('operator-dark');
    await context.close();
  });
}
