// What visitors are asked by the forms of a bot's settings, and when the bot speaks first.
import { expect, kwEvent, test } from '../harness/test.ts';
import { Console, Widget } from '../harness/visitor.ts';

test('the form before the chat comes before everything, and the bot greets by what was put into it', async ({ page, shop }) => {
  const prechat = { text: 'Who are you?', fields: [{ name: 'name', label: 'Name', required: true }, { name: 'email', label: 'E-mail', kind: 'FORM_FIELD_KIND_EMAIL' }], submit: 'Go on' };
  const bot = await shop.bot({ prechat });
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await widget.launcher.click();
  const form = widget.chat.getByRole('form', { name: 'Who are you?' });
  await form.getByLabel('E-mail').fill('olena@');
  await form.getByRole('button', { name: 'Go on' }).click();
  await expect(form.getByLabel('Name')).toBeFocused();
  await expect(widget.bubbles()).toHaveCount(0);
  await form.getByLabel('Name').fill('Olena');
  await form.getByLabel('E-mail').fill('olena@example.com');
  await form.getByRole('button', { name: 'Go on' }).click();
  await widget.hears('Hello, Olena!');
  await expect(form).toHaveCount(0);
  await widget.write('Good evening');
  await page.reload();
  await expect(widget.log).toContainText('Good evening');
  await expect(form).toHaveCount(0);
});

test.describe('on a phone that is held sideways', () => {
  test.use({ viewport: { width: 640, height: 300 }, isMobile: true, hasTouch: true });

  test('a form leaves room for the talk, and can be filled in to its end', async ({ page, shop }) => {
    const fields = ['Name', 'Town', 'Street', 'House'].map((label) => ({ name: label.toLowerCase(), label, required: true }));
    const bot = await shop.bot({ prechat: { text: 'Who are you?', fields, submit: 'Go on' } });
    await page.goto(shop.page({ bot_id: bot }));
    const widget = new Widget(page);
    await widget.launcher.click();
    const form = widget.chat.getByRole('form', { name: 'Who are you?' });
    await form.getByRole('button', { name: 'Go on' }).click();
    await expect(form.getByLabel('Name')).toBeFocused();
    await expect(form.getByText('Please fill this in')).toHaveCount(4);
    expect((await widget.chat.locator('.list').boundingBox())!.height).toBeGreaterThanOrEqual(60);
    for (const { label } of fields) await form.getByLabel(label).fill('x');
    await expect(form.getByLabel('House')).toBeInViewport();
    await form.getByRole('button', { name: 'Go on' }).click();
    await widget.hears('Hello, x!');
    await expect(widget.chat.getByRole('textbox')).toBeInViewport({ ratio: 1 });
  });
});

test('out of hours what is left reaches the operators, with the address', async ({ page, shop, desk }) => {
  const offline = { text: 'Leave us a line', fields: [{ name: 'email', label: 'E-mail', kind: 'FORM_FIELD_KIND_EMAIL', required: true }, { name: 'question', label: 'Question', kind: 'FORM_FIELD_KIND_LONG_TEXT' }] };
  const bot = await shop.bot({ offline, hours: { timezone: 'Europe/Kyiv' } });
  await page.goto(shop.page({ bot_id: bot, params_from_site: { name: 'Petro' } }));
  const widget = new Widget(page);
  await widget.launcher.click();
  await widget.chat.getByLabel('E-mail').fill('petro@example.com');
  await widget.chat.getByLabel('Question').fill('Do you ship to Lviv?');
  await widget.chat.getByRole('button', { name: 'Send' }).click();
  await expect(widget.chat.getByText('we will get back to you')).toBeVisible();
  const dialogId = await desk.take(bot);
  const { dialog } = await desk.call('GetDialog', { dialogId });
  expect(dialog).toMatchObject({ topic: 'offline', visitor: { params: { email: 'petro@example.com', question: 'Do you ship to Lviv?' } } });
  await desk.say(dialogId, 'We do.');
  await widget.hears('We do.');
  await desk.call('Close', { dialogId });
});

test('a rating after the close comes to the operator who still looks', async ({ page, shop, admin, browser, deployment }) => {
  const bot = await shop.bot({ askRating: true });
  await page.goto(shop.page({ bot_id: bot, params_from_site: { name: 'Ruslana' } }));
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('Hello, Ruslana!');
  await kwEvent(page, 'emitevent', { event: 'alias', alias: 'person' });
  const context = await browser.newContext({ locale: 'en-GB' });
  const operator = await Console.signIn(await context.newPage(), deployment, await admin.makeOperator('Marta'));
  await operator.take('Ruslana');
  await operator.say('Gladly.');
  await widget.hears('Gladly.');
  await operator.page.getByRole('button', { name: 'Close', exact: true }).click();
  await operator.page.getByRole('dialog').getByRole('button', { name: 'Close the dialog' }).click();

  await widget.chat.getByText('How was your conversation?').waitFor();
  await widget.chat.locator('.asked .steps label').nth(3).click();
  await widget.chat.getByPlaceholder('What went well').fill('Quick and kind');
  await widget.chat.locator('.asked').getByRole('button', { name: 'Send' }).click();
  await expect(widget.log.locator('.row.own').last()).toContainText('4/5');
  // Whoever looks on at the closed dialog sees it come, without a reload.
  const record = operator.page.getByRole('log');
  await expect(record).toContainText('Quick and kind');
  await expect(record).toContainText('4/5');
  await context.close();
});

test('who waits for people is not spoken to by a rule', async ({ page, shop }) => {
  const bot = await shop.bot({ rules: [{ id: 'exit', exitIntent: true, text: 'Leaving?' }] });
  await page.addInitScript(() => {
    const heard: string[] = ((window as unknown as { told: string[] }).told = []);
    for (const name of ['owner', 'ready']) addEventListener(`kw:${name}`, ({ detail }: CustomEventInit) => heard.push([name, detail.kind].join(' ').trim()));
  });
  const leave = () => page.evaluate(() => document.documentElement.dispatchEvent(new MouseEvent('mouseleave', { clientY: -1 })));
  const bubble = page.getByRole('button', { name: 'Leaving?' });
  await page.goto(shop.page({ bot_id: bot }));
  await expect(async () => {
    await leave();
    await expect(bubble).toBeVisible({ timeout: 500 });
  }).toPass();
  const widget = new Widget(page);
  await widget.open();
  await widget.hears('Hello, stranger!');
  await page.evaluate(() => (window as unknown as { kw_event(...args: unknown[]): void }).kw_event('emitevent', { event: 'alias', alias: 'person' }));
  await expect(widget.log).toContainText('Waiting for an operator');
  await widget.launcher.click();
  await page.reload();
  await page.waitForFunction(() => (window as unknown as { told: string[] }).told.includes('ready'));
  expect(await page.evaluate(() => (window as unknown as { told: string[] }).told)).toEqual(['owner queue', 'ready']);
  await page.waitForLoadState('networkidle');
  await leave();
  await expect(bubble).toHaveCount(0);
});

test('who takes up what a rule says begins at its entry point', async ({ page, shop }) => {
  const bot = await shop.bot({ rules: [{ id: 'tea', afterSeconds: 1, text: 'Tea?', alias: 'tea' }] });
  await page.goto(shop.page({ bot_id: bot, params_from_site: { name: 'Olena' } }));
  const widget = new Widget(page);
  await page.getByRole('button', { name: 'Tea?' }).click();
  await widget.hears('Tea it is, Olena.');
  await expect(widget.log).not.toContainText('Hello');
});
