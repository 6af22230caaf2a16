// Sites that are not on the bot's list.
import { loopback } from '../harness/deployment.ts';
import { expect, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

test('a page of a forbidden origin gets nothing and is told why', async ({ deployment, site, admin, page }) => {
  expect(admin).toBeTruthy();
  const said: string[] = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(String(error)));
  const refusal = page.waitForEvent('console', (message) => message.text().startsWith('[kw]'));
  await page.goto(site.stranger + site.page(deployment.url, 'Mallory'));
  await refusal;
  await page.waitForLoadState('networkidle');

  expect(said).toHaveLength(1);
  expect(said[0]).toContain(`error: [kw] bot 1 is not allowed on ${site.stranger}`);
  expect(said[0]).toContain("add exactly this origin to the bot's list of allowed domains");
  const why = said[0]!.split(' ').at(-1)!;
  expect(why).toBe(`${deployment.url}/widget/v2/why?${new URLSearchParams({ 'bot-id': '1', site: site.stranger })}`);
  await expect(page.locator('kw-widget')).toHaveCount(0);
  await expect(page.locator('iframe')).toHaveCount(0);

  await page.goto(why);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Why the chat is not shown');
  await expect(page.locator('pre')).toHaveText(site.stranger);
  expect(said).toHaveLength(1);
});

test('a page of a forbidden origin cannot frame the chat by itself', async ({ deployment, site, admin, page }) => {
  expect(admin).toBeTruthy();
  await page.goto(site.stranger + site.page(deployment.url, 'Mallory'));
  const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
  await page.evaluate((src) => {
    const frame = document.createElement('iframe');
    frame.src = src;
    document.body.append(frame);
  }, `${deployment.url}/widget/v2/frame/?bot-id=1`);
  await refused;
});

test('a change of the list is live within a second', async ({ deployment, site, admin, page }) => {
  /** What every gateway answers to a page of the site: the name of the function that it calls. */
  const answers = () =>
    Promise.all(
      deployment.gateways.map(async (gateway) => {
        const script = await fetch(`${loopback(gateway)}/widget/v2/settings/1.js`, { headers: { Origin: site.origin } });
        return /^__kw\.(\w+)/.exec(await script.text())?.[1];
      }),
    );
  const withinASecond = { timeout: 1_000, intervals: [20] };
  const widget = new Widget(page);
  await page.goto(site.origin + site.page(deployment.url, 'Olena'));
  await expect(widget.launcher).toBeVisible();

  await admin.allow();
  await expect.poll(answers, withinASecond).toEqual(deployment.gateways.map(() => 'refused'));
  const refusal = page.waitForEvent('console', (message) => message.text().startsWith('[kw]'));
  await page.reload();
  await refusal;
  await expect(widget.launcher).toHaveCount(0);

  await admin.allow(site.origin);
  await expect.poll(answers, withinASecond).toEqual(deployment.gateways.map(() => 'settings'));
  await page.reload();
  await expect(widget.launcher).toBeVisible();
});
