// Pages stay open while the product becomes another version, and an older one again: whatever they load later is there.
import type { Page, Response } from '@playwright/test';
import { bin } from '../harness/paths.ts';
import { loopback, type Deployment } from '../harness/deployment.ts';
import { expect, test } from '../harness/test.ts';
import { otherVersion } from '../harness/version.ts';
import { Widget } from '../harness/visitor.ts';

/** Replaces one gateway after the other, as a deploy does. */
async function replace(deployment: Deployment, programs: string) {
  for (const gateway of deployment.gateways) await deployment.restart(gateway, 'stop', undefined, programs);
}

/** The assets that a page asks for from here on: their names, and how they are answered. */
function assets(page: Page) {
  const seen = new Map<string, number>();
  page.on('response', (response: Response) => {
    const name = /\/widget\/v2\/assets\/([^/?]+)$/.exec(response.url())?.[1];
    if (name) seen.set(name, response.status());
  });
  return seen;
}

/** The hash, one of these, that the loader has for its parts. */
async function hashOf(deployment: Deployment, known: string[]) {
  const loader = await (await fetch(`${loopback(deployment.url)}/widget/v2/kw.js`)).text();
  return known.find((hash) => loader.includes(`-${hash}.js`));
}

async function picksEmoji(widget: Widget) {
  await widget.chat.getByRole('button', { name: 'Emoji' }).click();
  await expect(widget.chat.getByRole('searchbox')).toBeVisible();
  await widget.chat.getByRole('dialog').getByRole('button').first().click();
  await expect(widget.chat.locator('textarea')).not.toHaveValue('');
}

test('pages of one version go on with gateways of another, both ways', async ({ page, browser, shop, deployment }) => {
  test.setTimeout(900_000); // another version is built
  const { programs, hashes } = await otherVersion();
  const [first, second] = [[...hashes.keys()], [...hashes.values()]];
  const bot = await shop.bot();
  const address = shop.page({ bot_id: bot });
  /** The page of a newcomer, who has nothing of the chat but the launcher. */
  const open = async () => {
    const tab = await browser.newPage();
    const seen = assets(tab);
    await tab.goto(address);
    await expect(new Widget(tab).launcher).toBeVisible();
    return { widget: new Widget(tab), seen };
  };
  const all = (seen: Map<string, number>) => expect([...seen].filter(([, status]) => status !== 200)).toEqual([]);
  const panelOf = (seen: Map<string, number>) => new Map([...seen].filter(([name]) => name.startsWith('panel-')));
  /** There are some, all are of one version, and all have come. */
  const only = (seen: Map<string, number>, of: string[]) => {
    expect([...seen.keys()].filter((name) => !of.some((hash) => name.includes(`-${hash}.`)))).toEqual([]);
    expect(seen.size).toBeGreaterThan(0);
    all(seen);
  };
  expect(await hashOf(deployment, first), 'the version that is built').toBeTruthy();

  const chatting = { widget: new Widget(page), seen: assets(page) };
  await page.goto(address);
  await chatting.widget.open();
  await chatting.widget.hears('Hello, stranger!');
  const closed = await open();
  chatting.seen.clear();
  closed.seen.clear();

  await replace(deployment, programs);
  expect(await hashOf(deployment, second), 'the other version').toBeTruthy();
  await picksEmoji(chatting.widget);
  expect([...chatting.seen.keys()].some((name) => name.startsWith('emoji-')), 'the picker is loaded only now').toBe(true);
  only(chatting.seen, first);
  await chatting.widget.send();

  await closed.widget.show();
  only(panelOf(closed.seen), first);
  await picksEmoji(closed.widget);
  all(closed.seen);

  // The other way round, as where a deploy is taken back.
  const newer = await open();
  newer.seen.clear();
  await replace(deployment, bin);
  expect(await hashOf(deployment, first), 'the first version again').toBeTruthy();
  await newer.widget.show();
  only(panelOf(newer.seen), second);
  await picksEmoji(newer.widget);
  all(newer.seen);
  for (const { widget } of [closed, newer]) await widget.page.close();
});
