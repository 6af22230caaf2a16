// Newcomers who have to work for a conversation, and visitors who log out.
import { loopback } from '../harness/deployment.ts';
import { expect, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

test('a newcomer solves what is asked and talks; a visitor who comes back is not asked', async ({ deployment, site, admin, page }) => {
  await admin.change({ challenge: 'CHALLENGE_ALWAYS' });
  try {
    const solutions: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/widget/v2/token')) solutions.push((request.postDataJSON() as { challenge?: string }).challenge);
    });
    const worker = page.waitForEvent('worker');
    const widget = new Widget(page);
    await page.goto(site.origin + site.page(deployment.url, 'Olena'));
    await widget.open();
    expect((await worker).url()).toMatch(/\/assets\/challenge-\w+\.js$/);
    await widget.hears('What can I do for you?');
    expect(solutions).toEqual([undefined, expect.stringMatching(/^[\w-]{34}:\d+$/)]);

    await page.reload();
    await widget.show();
    await widget.write('Hello again');
    await expect(widget.log).toContainText('Hello again');
    expect(solutions.slice(2)).toEqual([undefined]);
  } finally {
    await admin.change({ challenge: 'CHALLENGE_OFF' });
  }
});

test('a visitor who logs out leaves nothing, in no tab', async ({ deployment, site, admin, context }) => {
  expect(admin).toBeTruthy();
  const open = async (gateway: string) => {
    const widget = new Widget(await context.newPage());
    await widget.page.goto(site.origin + site.page(gateway, 'Ivan'));
    await widget.show();
    return widget;
  };
  const first = await open(deployment.gateways[0]!);
  await first.hears('What can I do for you?');
  await first.write('my secret');
  await expect(first.log).toContainText('my secret');
  const token = () => first.page.evaluate(() => localStorage.getItem('kw:1'));
  const old = await token();
  const second = await open(deployment.gateways.at(-1)!);
  await expect(second.log).toContainText('my secret');
  await first.type('and a draft');

  await first.page.evaluate(() => (window as unknown as { kw_event(name: string): void }).kw_event('logout'));
  for (const widget of [first, second]) {
    await expect(widget.log).not.toContainText('my secret');
    await widget.hears('What can I do for you?');
    await expect(widget.chat.getByRole('textbox')).toHaveValue('');
  }
  expect(await token()).not.toBe(old);
  const answer = await fetch(`${loopback(deployment.url)}/widget/v2/upload?name=a.txt`, { method: 'POST', headers: { Authorization: `Bearer ${old}` }, body: 'x' });
  expect(await answer.json()).toMatchObject({ error: { code: 'token_revoked' } });
});
