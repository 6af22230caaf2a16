// The gateway dies while a visitor writes, or the network goes: everything that was written is stored once, in its order.
import type { Page } from '@playwright/test';
import type { Deployment } from '../harness/deployment.ts';
import type { Desk } from '../harness/desk.ts';
import type { Shop } from '../harness/shop.ts';
import { expect, kwEvent, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

const banner = (widget: Widget) => widget.chat.locator('.banner');
const token = (page: Page, bot: string) => page.evaluate((id) => localStorage.getItem(`kw:${id}`)!, bot);

/** Opens a chat at the gateway that is to die, and has an operator take it, so that nobody answers by himself. */
async function talk(page: Page, shop: Shop, desk: Desk, deployment: Deployment) {
  const bot = await shop.bot();
  const address = shop.page({ bot_id: bot, params_from_site: { name: 'Petro' } }, deployment.gateways[0]);
  await page.goto(address);
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('Hello, Petro!');
  await kwEvent(page, 'emitevent', { event: 'alias', alias: 'person' });
  await expect(widget.log).toContainText('Waiting for an operator');
  const dialog = await desk.take(bot);
  await expect(widget.log).toContainText('Olena joined the chat');
  return { widget, bot, dialog, address };
}

for (const carrier of ['a WebSocket', 'polling'])
  test(`nothing is lost or doubled when the gateway is killed while a visitor writes, over ${carrier}`, async ({ page, shop, desk, deployment, visit }) => {
    const polls: string[] = [];
    page.on('request', (request) => request.url().includes('transport=polling') && polls.push(request.url()));
    if (carrier === 'polling') await page.routeWebSocket(/socket\.io/, (socket) => socket.close());
    const { widget, bot, dialog } = await talk(page, shop, desk, deployment);
    const said: string[] = [];
    const write = async (count: number) => {
      for (let i = 0; i < count; i++) {
        said.push(`line ${said.length}`);
        await widget.write(said.at(-1)!);
      }
    };
    await write(3);
    // Those may be on their way when it dies, and these have none.
    await deployment.restart(deployment.gateways[0]!, 'kill', async () => {
      await expect(banner(widget)).toContainText('Your messages will be sent');
      await write(3);
    });
    await write(2);
    await expect(banner(widget)).toHaveCount(0);
    const own = widget.log.locator('.row.own .bubble');
    await expect(widget.log.getByRole('img', { name: 'Sending' })).toHaveCount(0);
    expect(await own.allInnerTexts()).toEqual(said);
    expect(polls.length > 0).toBe(carrier === 'polling');

    await desk.say(dialog, 'Here I am.');
    await widget.hears('Here I am.');
    const peer = visit({ gateway: deployment.gateways.at(-1)!, site: shop.origin, token: await token(page, bot) });
    await peer.hears('Here I am.');
    expect(peer.events.filter(({ type, author }) => author === 'visitor' && type === 'text').map(({ text }) => text)).toEqual(said);
    await desk.call('Close', { dialogId: dialog });
  });

test('what is written without a network is sent when it is back', async ({ page, context, shop, desk, deployment, visit }) => {
  const { widget, bot, dialog } = await talk(page, shop, desk, deployment);
  await context.setOffline(true);
  await expect(banner(widget)).toBeVisible();
  await widget.write('first');
  await widget.write('second');
  await expect(widget.log.getByRole('img', { name: 'Sending' })).toHaveCount(1); // of both, as they are of one group
  await context.setOffline(false);
  await expect(banner(widget)).toHaveCount(0);
  await expect(widget.log.getByRole('img', { name: 'Sending' })).toHaveCount(0);
  const peer = visit({ gateway: deployment.url, site: shop.origin, token: await token(page, bot) });
  await peer.sees(({ text }) => text === 'second', 'second');
  expect(peer.events.flatMap(({ type, author, text }) => (author === 'visitor' && type === 'text' ? [text] : []))).toEqual(['first', 'second']);
  await desk.call('Close', { dialogId: dialog });
});

test('what could not be sent before the page was left is sent by the next page, where the frame may keep it', async ({ page, shop, desk, deployment, partitioned, visit }) => {
  const { widget, bot, dialog, address } = await talk(page, shop, desk, deployment);
  await deployment.restart(deployment.gateways[0]!, 'kill', async () => {
    await expect(banner(widget)).toBeVisible();
    await widget.write('written in the dark');
    await page.goto('about:blank');
  });
  await page.goto(address);
  await widget.show();
  const own = widget.log.locator('.row.own');
  await expect(widget.log).toContainText('Olena joined the chat');
  if (partitioned) await expect(own.last()).toContainText('written in the dark');
  await widget.write('and afterwards');
  await expect(own.last()).toContainText('and afterwards');
  const peer = visit({ gateway: deployment.url, site: shop.origin, token: await token(page, bot) });
  await peer.sees(({ text }) => text === 'and afterwards', 'the last');
  const said = peer.events.flatMap(({ type, author, text }) => (author === 'visitor' && type === 'text' ? [text] : []));
  expect(said).toEqual(partitioned ? ['written in the dark', 'and afterwards'] : ['and afterwards']);
  await desk.call('Close', { dialogId: dialog });
});
