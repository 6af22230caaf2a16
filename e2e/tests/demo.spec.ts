// The Widget Demo: what is configured is what the preview shows, what the code says, and what is saved.
import type { Page } from '@playwright/test';
import { BOT } from '../harness/admin.ts';
import { violations } from '../harness/axe.ts';
import type { Deployment } from '../harness/deployment.ts';
import { expect, test } from '../harness/test.ts';
import { Console } from '../harness/visitor.ts';

const PATH = `/widget/en/?bot-id=${BOT}`;

/** The configurator in a browser. */
class Configurator {
  constructor(readonly page: Page) {}

  static async open(page: Page, { url }: Deployment, hash = ''): Promise<Configurator> {
    await page.goto(url + PATH + hash);
    const it = new Configurator(page);
    await expect(it.launcher).toBeVisible();
    return it;
  }

  get shown() {
    return this.page.frameLocator('#stage iframe:not(.next)');
  }
  get launcher() {
    return this.shown.locator('kw-widget').getByRole('button').first();
  }
  get chat() {
    return this.shown.frameLocator('kw-widget iframe');
  }
  get code() {
    return this.page.getByRole('tabpanel');
  }
  color(key: string) {
    return this.page.locator(`[data-key="colors.${key}"] input[type="text"]`);
  }
  async section(name: string): Promise<void> {
    const details = this.page.locator(`details[data-section="${name}"]`);
    if ((await details.getAttribute('open')) === null) await details.locator('summary').first().click();
  }
}

/** Fails at whatever the page complains about. */
function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  return problems;
}

test('a colour is in the preview at once, in the code, and in the address', async ({ deployment, page }) => {
  const problems = watch(page);
  const it = await Configurator.open(page, deployment);
  await it.launcher.click();
  const header = it.chat.locator('header');
  await expect(header).toBeVisible();
  const frame = await page.locator('#stage iframe').elementHandle();
  await it.color('header.bg').fill('#00ff88');
  await expect(header).toHaveCSS('background-color', 'rgb(0, 255, 136)');
  await page.getByLabel('Title', { exact: true }).fill('Live');
  await expect(header).toContainText('Live');
  await page.getByLabel('Title', { exact: true }).fill('Leaf & Kettle');
  expect(await frame!.evaluate((element) => element.isConnected), 'the running widget has taken the colour').toBe(true);
  await expect(it.code).toContainText("bg: '#00ff88'");
  await expect(page).toHaveURL(/#colors\.header\.bg=%2300ff88$/);

  await page.reload();
  await expect(it.color('header.bg')).toHaveValue('#00ff88');
  await expect(it.launcher).toBeVisible();
  await page.getByRole('button', { name: 'Undo all' }).click();
  await expect(it.code).not.toContainText('colors');
  expect(problems).toEqual([]);
});

test('a chat in the page, and of the whole page, has all the room there is', async ({ deployment, page }) => {
  const it = await Configurator.open(page, deployment);
  for (const format of ['In the page', 'Full page']) {
    await page.getByRole('radio', { name: format }).check();
    const field = it.chat.getByRole('textbox');
    await expect(field).toBeVisible();
    await expect.poll(async () => (await field.boundingBox())?.width ?? 0, format).toBeGreaterThan(400);
  }
  await expect(page.getByRole('link', { name: /\/widget\/v2\/chat\/\?bot-id=1/ })).toBeVisible();
});

test('a gradient is made of two colours and an angle', async ({ deployment, page }) => {
  const it = await Configurator.open(page, deployment);
  await it.color('header.bg').fill('#102030');
  await page.getByRole('button', { name: 'Header: Background. Gradient' }).click();
  await page.getByLabel('Header: Background. Second colour').fill('#405060');
  await page.getByLabel('Header: Background. Angle').fill('45');
  await expect(it.color('header.bg')).toHaveValue('linear-gradient(45deg, #102030, #405060)');
  await expect(it.code).toContainText('linear-gradient(45deg, #102030, #405060)');
  await it.color('header.bg').fill('url(https://example.com/x.png)');
  await expect(page.getByText('A colour or a gradient, such as')).toBeVisible();
  await expect(it.code).not.toContainText('url(');
});

test('what is hard to read is said, and repaired', async ({ deployment, page }) => {
  const it = await Configurator.open(page, deployment);
  await page.getByRole('button', { name: 'Forest' }).click();
  await expect(page.locator('.contrast.bad:visible')).toHaveCount(0);
  await it.color('header.bg').fill('#ffee88');
  const warning = page.locator('.contrast[data-group="header"]');
  await expect(warning).toContainText(/Contrast 1\.\d, at least 4\.5 is needed/);
  await warning.getByRole('button', { name: 'Header. Fix' }).click();
  await expect(warning).toContainText('easy to read');
  await expect(it.color('header.text')).toHaveValue('#111111');
});

test('the code that is copied has the options', async ({ deployment, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const it = await Configurator.open(page, deployment);
  await page.getByRole('radio', { name: 'Messengers' }).check();
  await page.getByLabel('Words on the launcher').fill("Let's talk");
  await page.getByLabel('Telegram').fill('https://t.me/leaf');
  await it.section('place');
  await page.getByRole('radio', { name: 'Left' }).check();
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('Copied');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain("i['KwizbotWidget'] = r;");
  expect(copied).toContain(`'${deployment.url}/widget/v2/kw.js', 'kw');`);
  expect(copied).toMatch(/kw\('init', \{\s+bot_id: '1',\s+widgetButton: \{\s+type: 'multi',\s+position: \{\s+x: 'left'\s+\}\s+\},\s+multi_channel: \{\s+button_title: 'Let\\'s talk',\s+messengers: \{\s+telegram: 'https:\/\/t\.me\/leaf'/);
  await page.getByRole('tab', { name: 'Old embed' }).click();
  await expect(it.code).toContainText(`${deployment.url}/kwjs.js`);
  await page.getByRole('tab', { name: 'Old embed' }).press('ArrowLeft');
  await expect(it.code).toContainText("from '@switchboard/widget'");
});

test('an administrator saves, and the console stays signed in', async ({ deployment, admin, page }) => {
  const problems = watch(page);
  const { bot: before } = (await admin.call('config.v1.BotService/GetBot', { id: BOT })) as { bot: Record<string, unknown> };
  await Console.signIn(page, deployment, deployment.admin);
  const it = await Configurator.open(page, deployment, '#colors.header.bg=%23123456');
  await expect(page.getByRole('link', { name: 'Sign in to save' })).toBeHidden();
  const title = page.getByLabel('Title', { exact: true });
  await title.fill('Saved from the demo');
  await page.getByRole('button', { name: 'Save to the bot (2 changed)' }).click();
  await expect(page.getByRole('status')).toContainText('Saved');
  await expect(it.code).not.toContainText('colors');
  const settings = await page.evaluate(async (bot) => (await fetch(`/widget/v2/settings/${bot}.js`)).text(), BOT);
  expect(settings).toContain('"title":"Saved from the demo"');
  expect(settings).toContain('"bg":"#123456"');
  const { bot: after } = (await admin.call('config.v1.BotService/GetBot', { id: BOT })) as { bot: Record<string, unknown> };
  const widget = before.widget as Record<string, Record<string, unknown>>;
  expect(after).toEqual({
    ...before,
    version: expect.anything(),
    updatedAt: expect.anything(),
    widget: { ...widget, title: 'Saved from the demo', colors: { ...widget.colors, header: { ...(widget.colors?.header as object), bg: '#123456' } } },
  });

  // Somebody else is faster: nothing of theirs is lost, and nothing of ours.
  await title.fill('Mine');
  await admin.change({ name: 'Theirs' });
  await page.getByRole('button', { name: /^Save to the bot/ }).click();
  await expect(page.getByRole('status')).toContainText('Somebody else has changed this bot');
  await expect(title).toHaveValue('Mine');
  await page.getByRole('button', { name: /^Save to the bot/ }).click();
  await expect(page.getByRole('status')).toContainText('Saved');
  expect(((await admin.call('config.v1.BotService/GetBot', { id: BOT })) as { bot: { name: string; widget: { title: string } } }).bot).toMatchObject({ name: 'Theirs', widget: { title: 'Mine' } });

  // What the service refuses is said where it is.
  const picture = page.locator('[data-key="avatar_url"] input');
  await picture.fill('tg://avatar');
  await expect(page.getByText('A full address, such as')).toBeVisible();
  await picture.fill('https://me@example.com/bot.png');
  await page.getByRole('button', { name: /^Save to the bot/ }).click();
  await expect(page.getByRole('status')).toContainText('Not saved');
  await expect(page.locator('[data-key="avatar_url"]')).toContainText('expected the full address of a picture');

  await page.goto(`${deployment.url}/console/`);
  await expect(page.getByRole('heading', { name: 'Dialogs' }).first()).toBeVisible();
  await admin.change({ name: before.name, widget: before.widget });
  expect(problems.filter((text) => !/409|400/.test(text))).toEqual([]);
});

test('nobody saves without being signed in, and operators do not save', async ({ deployment, admin, page }) => {
  await Configurator.open(page, deployment);
  await expect(page.getByRole('button', { name: /^Save/ })).toBeHidden();
  await expect(page.getByRole('link', { name: 'Sign in to save' })).toHaveAttribute('href', '/console/');
  await Console.signIn(page, deployment, await admin.makeOperator('Oleh'));
  await Configurator.open(page, deployment);
  await expect(page.getByRole('button', { name: /^Save/ })).toBeDisabled();
});

test('a bot that there is not', async ({ deployment, page }) => {
  await page.goto(`${deployment.url}/widget/en/?bot-id=nobody`);
  await expect(page.getByRole('status')).toContainText('The widget is not shown');
  await page.goto(`${deployment.url}/widget/uk/?bot-id=${BOT}`);
  await expect(page.getByRole('heading', { name: 'Демо віджета' })).toBeVisible();
});

const screens = { desktop: { width: 1280, height: 800 }, phone: { width: 320, height: 640 } };
for (const [name, viewport] of Object.entries(screens))
  for (const colorScheme of ['light', 'dark'] as const)
    test(`has nothing that bars anybody, on a ${name}, ${colorScheme}`, async ({ deployment, browser }) => {
      const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB', reducedMotion: 'reduce' });
      const page = await context.newPage();
      await page.goto(`${deployment.url}${PATH}#colors.header.bg=%23ffee88&widgetButton.type=multi`);
      await expect(page.locator('.contrast.bad').first()).toBeVisible();
      await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);
      expect(await violations(page)).toEqual([]);
      if (name === 'phone') {
        await page.getByRole('button', { name: 'Show the preview' }).click();
        await expect(page.frameLocator('#stage iframe:not(.next)').locator('kw-widget').getByRole('button').first()).toBeVisible();
        expect(await violations(page)).toEqual([]);
      }
      await context.close();
    });
