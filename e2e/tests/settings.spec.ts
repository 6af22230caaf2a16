// Settings that change while the chat is open, by the API and by the Widget Demo.
import { expect, test } from '../harness/test.ts';
import { Console, Widget } from '../harness/visitor.ts';

test('a change of the settings is seen where the chat is open', async ({ page, shop }) => {
  const bot = await shop.bot({ endChat: true, openOnMsg: true }, { uploads: { enabled: true } });
  await page.goto(shop.page({ bot_id: bot, colors: { sentMessage: { bg: '#112233' } } }));
  const widget = new Widget(page);
  await widget.open();
  await widget.write('What is new?');
  const { chat } = widget;
  const header = chat.locator('header');
  const own = widget.log.locator('.row.own .bubble').last();
  await expect(chat.getByLabel('Attach a file')).toBeAttached();

  await shop.change(
    bot,
    { title: 'Night shop', subtitle: 'Open when others sleep', colors: { header: { bg: '#004400' }, sentMessage: { bg: '#998877' } }, theme: 'dark', endChat: false, transcript: { download: true }, linkPreviews: true },
    { uploads: { enabled: false } },
  );
  await expect(header.getByRole('heading')).toHaveText('Night shop');
  await expect(header).toContainText('Open when others sleep');
  await expect(header).toHaveCSS('background-color', 'rgb(0, 68, 0)');
  // What the page itself has said goes over it.
  await expect(own).toHaveCSS('background-color', 'rgb(17, 34, 51)');
  await expect(chat.locator('html')).toHaveClass('dark');
  await expect(chat.getByLabel('Attach a file')).toHaveCount(0);
  await chat.getByRole('button', { name: 'More' }).click();
  await expect(chat.getByRole('menuitem', { name: 'Download the conversation' })).toBeVisible();
  await expect(chat.getByRole('menuitem', { name: 'End the chat' })).toHaveCount(0);
  await page.keyboard.press('Escape');

  // Everybody goes home, and comes back; what is being written stays.
  await widget.type('Half a sentence');
  await shop.change(bot, { hours: { timezone: 'Europe/Kyiv' }, offline: { text: 'We are asleep', fields: [{ name: 'email', label: 'E-mail', kind: 'FORM_FIELD_KIND_EMAIL' }] } });
  await expect(chat.getByRole('form', { name: 'We are asleep' })).toBeVisible();
  await shop.change(bot, { hours: null, offline: null });
  await expect(chat.getByRole('form')).toHaveCount(0);
  await expect(chat.getByRole('textbox')).toHaveValue('Half a sentence');
});

test('what the Widget Demo saves is what the site shows', async ({ page, shop, deployment, browser }) => {
  const bot = await shop.bot();
  await page.goto(shop.page({ bot_id: bot }));
  const widget = new Widget(page);
  await widget.open();
  const context = await browser.newContext({ locale: 'en-GB' });
  const demo = await context.newPage();
  await Console.signIn(demo, deployment, deployment.admin);
  await demo.goto(`${deployment.url}/widget/en/?bot-id=${bot}`);
  await demo.getByLabel('Title', { exact: true }).fill('By the demo');
  await demo.locator('details[data-section="place"] summary').first().click();
  await demo.getByRole('radio', { name: 'Left' }).check();
  await demo.getByRole('button', { name: /^Save to the bot/ }).click();
  await expect(demo.getByRole('status')).toContainText('Saved');
  await context.close();

  await expect(widget.chat.getByRole('heading', { name: 'By the demo' })).toBeVisible();
  await page.reload();
  await expect.poll(async () => (await widget.launcher.boundingBox())?.x).toBe(25);
});
