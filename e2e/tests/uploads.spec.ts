// Pictures and files that a visitor sends.
import { deflateSync, crc32 } from 'node:zlib';
import type { Locator } from '@playwright/test';
import { loopback } from '../harness/deployment.ts';
import { expect, test } from '../harness/test.ts';
import { Console, Widget } from '../harness/visitor.ts';

/** A PNG of one colour, with a text about it and something behind it. */
function picture(width: number, height: number): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const rows = Buffer.alloc((width * 3 + 1) * height, 0x55);
  for (let y = 0; y < height; y++) rows[y * (width * 3 + 1)] = 0;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from('GPS\0secret place')),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
    Buffer.from('<script>secret place</script>'),
  ]);
}

const cup = { name: 'cup.png', mimeType: 'image/png', buffer: picture(320, 200) };
const choose = (widget: Widget, ...files: { name: string; mimeType: string; buffer: Buffer }[]) => widget.chat.getByLabel('Attach a file').setInputFiles(files);
const isLoaded = (image: Locator) => expect.poll(() => image.evaluate((element: HTMLImageElement) => element.complete && element.naturalWidth)).toBe(320);

test('a picture and a file go to every tab, to the operator and into the history', async ({ deployment, site, admin, browser, context }) => {
  test.setTimeout(120_000);
  const open = async (gateway: string, how: 'open' | 'show') => {
    const widget = new Widget(await context.newPage());
    await widget.page.goto(site.origin + site.page(gateway, 'Ruslana'));
    await widget[how]();
    await expect(widget.log).toContainText('What can I do for you?');
    return widget;
  };
  const first = await open(deployment.gateways[0]!, 'open');
  await first.press('Talk to a person');
  await expect(first.log).toContainText('Waiting for an operator');
  const second = await open(deployment.gateways.at(-1)!, 'show');

  await choose(first, cup, { name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('two cups, one pot') });
  for (const widget of [first, second]) {
    const image = widget.log.getByRole('img', { name: 'cup.png' });
    await isLoaded(image);
    expect((await image.boundingBox())!.width / (await image.boundingBox())!.height).toBeCloseTo(1.6, 1);
    await expect(widget.log.getByRole('link', { name: 'list.txt' })).toBeVisible();
  }
  await expect(first.chat.getByRole('list', { name: 'Sending files' })).toHaveCount(0);

  const url = (await second.log.getByRole('img', { name: 'cup.png' }).getAttribute('src'))!;
  const answer = await fetch(loopback(url) + new URL(url).pathname);
  expect(answer.headers.get('content-security-policy')).toContain('sandbox');
  expect(await answer.text()).not.toContain('secret place');

  const operator = await Console.signIn(await (await browser.newContext({ locale: 'en-GB' })).newPage(), deployment, await admin.makeOperator('Daryna'));
  await operator.take('Ruslana');
  await isLoaded(operator.page.getByRole('log').getByRole('img', { name: 'cup.png' }));
  const [download] = await Promise.all([operator.page.waitForEvent('download'), operator.page.getByRole('log').getByRole('link', { name: 'list.txt' }).click()]);
  expect(download.suggestedFilename()).toBe('list.txt');
  await operator.page.context().close();

  await second.page.reload();
  await second.show();
  await isLoaded(second.log.getByRole('img', { name: 'cup.png' }));
});

test('a file is dropped, another pasted, and a refused one says why', async ({ deployment, site, admin, page }) => {
  expect(admin).toBeTruthy();
  const widget = new Widget(page);
  await page.goto(site.origin + site.page(deployment.url, 'Fedir'));
  await widget.open();
  await widget.hears('What can I do for you?');

  const hand = (event: 'drop' | 'paste', name: string) =>
    widget.chat.getByRole('textbox').evaluate(
      (field, [event, name, base64]) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(base64!), (c) => c.charCodeAt(0))], name!, { type: 'image/png' }));
        const how = { bubbles: true, cancelable: true };
        field.dispatchEvent(event === 'drop' ? new DragEvent('drop', { ...how, dataTransfer: data }) : new ClipboardEvent('paste', { ...how, clipboardData: data }));
      },
      [event, name, cup.buffer.toString('base64')],
    );
  await hand('drop', 'dropped.png');
  await isLoaded(widget.log.getByRole('img', { name: 'dropped.png' }));
  await hand('paste', 'pasted.png');
  await isLoaded(widget.log.getByRole('img', { name: 'pasted.png' }));

  const tray = widget.chat.getByRole('list', { name: 'Sending files' });
  await choose(widget, { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)"/>') });
  await expect(tray.getByRole('alert')).toHaveText('Not sent: Files of this type cannot be sent here');
  await tray.getByRole('button', { name: 'Delete' }).click();
  await expect(tray).toHaveCount(0);
  await choose(widget, { name: 'film.png', mimeType: 'image/png', buffer: Buffer.alloc(10 * 1024 * 1024 + 1) });
  await expect(tray.getByRole('alert')).toContainText('Not sent: Larger than 10.5 MB');
  await tray.getByRole('button', { name: 'Delete' }).click();
});

test('an upload is cancelled, and one that was cut off is tried again', async ({ deployment, site, admin, page }) => {
  expect(admin).toBeTruthy();
  const widget = new Widget(page);
  await page.goto(site.origin + site.page(deployment.url, 'Yevhen'));
  await widget.open();
  await widget.hears('What can I do for you?');
  const tray = widget.chat.getByRole('list', { name: 'Sending files' });

  let cut: 'hold' | 'drop' | undefined = 'hold';
  await page.route('**/widget/v2/upload*', (route) => (cut === 'drop' ? route.abort() : cut ? undefined : route.continue()));
  await choose(widget, cup);
  await expect(tray.getByRole('progressbar', { name: 'cup.png' })).toBeVisible();
  await tray.getByRole('button', { name: 'Cancel' }).click();
  await expect(tray).toHaveCount(0);

  cut = 'drop';
  await choose(widget, cup);
  await expect(tray.getByRole('alert')).toHaveText('Not sent: The connection was lost');
  await expect(widget.log.getByRole('img', { name: 'cup.png' })).toHaveCount(0);
  cut = undefined;
  await tray.getByRole('button', { name: 'Try again' }).click();
  await isLoaded(widget.log.getByRole('img', { name: 'cup.png' }));
  await expect(tray).toHaveCount(0);
});
