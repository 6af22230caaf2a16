// What a visitor is told while the chat is closed.
import { expect, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

test('a message opens the chat; what was there when the page was loaded does not', async ({ deployment, site, admin, page, visit }) => {
  expect(admin).toBeTruthy();
  const widget = new Widget(page);
  await page.addInitScript(() => {
    const counts: number[] = [];
    Object.assign(window, { counts });
    addEventListener('message', ({ data }) => data.type === 'unread' && counts.push(data.count));
  });
  const counts = () => page.evaluate(() => (window as unknown as { counts: number[] }).counts);

  await page.goto(site.origin + site.page(deployment.url, 'Olena'));
  await widget.open();
  await widget.hears('What can I do for you?');
  await widget.launcher.click();
  await expect(widget.launcher).toHaveAttribute('aria-expanded', 'false');

  // Another tab of the same visitor makes the bot answer.
  const token = await page.evaluate(() => localStorage.getItem('kw:1')!);
  const other = visit({ token });
  await other.connected();
  await other.send({ type: 'text', text: 'Good evening' });
  await expect(widget.launcher).toHaveAttribute('aria-expanded', 'true');
  await widget.hears('Shall I show them your message?');

  // A chat that is open stays so on the next page.
  await widget.launcher.click();
  await expect(widget.launcher).toHaveAttribute('aria-expanded', 'false');
  await page.reload();
  await expect.poll(counts).not.toEqual([]);
  expect(await counts()).toEqual([0]);
  await expect(widget.launcher).toHaveAttribute('aria-expanded', 'false');

  await other.send({ type: 'text', text: 'Hello again' });
  await expect(widget.launcher).toHaveAttribute('aria-expanded', 'true');
  await widget.hears('Shall I fetch somebody');
});
