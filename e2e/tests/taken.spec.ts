// What the gateway asks and tells of others: pages that are linked to, and the conversation by mail.
import { expect, kwEvent, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

test('a page that an operator links to is shown, and what is none is not; the conversation goes away by mail', async ({ page, shop, desk, mail }) => {
  const bot = await shop.bot({ linkPreviews: true, transcript: { email: true } });
  await page.goto(shop.page({ bot_id: bot, params_from_site: { name: 'Olena' } }));
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('Hello, Olena!');
  await kwEvent(page, 'emitevent', { event: 'alias', alias: 'person' });
  const dialogId = await desk.take(bot);
  const asked: number[] = [];
  page.on('response', (response) => response.url().endsWith('/widget/v2/preview') && asked.push(response.status()));
  await desk.say(dialogId, `This one: ${shop.address}/sencha`);
  const card = widget.log.getByRole('link', { name: /Sencha Uji/ });
  await expect(card).toContainText('Fresh as a meadow after rain');
  await expect(card).toContainText('Leaf & Kettle');
  await expect(card).toHaveAttribute('rel', /noopener/);
  await desk.say(dialogId, `Not this one: ${shop.address}/nothing`);
  await expect.poll(() => asked).toEqual([200, 404]);
  await widget.write(`And ${shop.address}/sencha?of=mine`);
  await expect(widget.log.locator('.row.own').last().getByRole('img', { name: /Sent|Seen/ })).toBeVisible();
  await expect(card).toHaveCount(1);

  await widget.chat.getByRole('button', { name: 'More' }).click();
  await widget.chat.getByRole('menuitem', { name: 'Send the conversation by e-mail' }).click();
  const dialog = widget.chat.getByRole('dialog');
  await dialog.getByLabel('E-mail address').fill('olena');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect(dialog.getByRole('status')).toContainText('name@example.com');
  const to = `${bot}@example.com`;
  await dialog.getByLabel('E-mail address').fill(to);
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect(dialog.getByRole('status')).toHaveText(`Sent to ${to}`);
  await expect.poll(() => mail.received.filter((one) => one.to === to)).toHaveLength(1);
  const { text } = mail.received.find((one) => one.to === to)!;
  for (const said of ['Hello, Olena!', 'Not this one', 'of=mine', 'Leaf & Kettle']) expect(text).toContain(said);
  await desk.call('Close', { dialogId });
  expect(asked).toEqual([200, 404]);
});
