// Several tabs of one visitor.
import { expect, kwEvent, test } from '../harness/test.ts';
import { Widget } from '../harness/visitor.ts';

test('two tabs, on different gateways where there are several, see the same conversation in the same order', async ({ deployment, site, admin, context }) => {
  expect(admin).toBeTruthy();
  const open = async (gateway: string, how: 'open' | 'show') => {
    const page = await context.newPage();
    const socket = page.waitForEvent('websocket');
    await page.goto(site.origin + site.page(gateway, 'Petro'));
    const widget = new Widget(page);
    await widget[how]();
    expect((await socket).url()).toContain(new URL(gateway).host);
    return widget;
  };
  const first = await open(deployment.gateways[0]!, 'open');
  await first.hears('What can I do for you?');
  const second = await open(deployment.gateways.at(-1)!, 'show');
  await second.hears('What can I do for you?');

  // While the visitor waits for a person the bot is silent: all that follows is the tabs' own.
  await first.press('Talk to a person');
  await expect(second.log).toContainText('Waiting for an operator');
  const said = ['first', 'second'].flatMap((tab) => Array.from({ length: 5 }, (_, i) => `${tab} ${i}`));
  // Nobody writes in two tabs at once, whose drafts are one; what the pages say goes out at once.
  const say = async ({ page }: Widget, tab: string) => {
    for (let i = 0; i < 5; i++) await kwEvent(page, 'send', { text: `${tab} ${i}` });
  };
  await Promise.all([say(first, 'first'), say(second, 'second')]);
  for (const widget of [first, second]) for (const text of said) await expect(widget.log).toContainText(text);

  const seen = await first.transcript();
  expect(await second.transcript()).toEqual(seen);
  expect(seen.filter((text) => said.some((s) => text.includes(s)))).toHaveLength(said.length);

  await second.page.reload();
  await second.show();
  await second.hears(/\d$/);
  expect(await second.transcript()).toEqual(seen);
});
