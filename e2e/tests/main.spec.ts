// The main job, end to end: a visitor on another site talks to a bot, then to an operator, then to
// the bot again.
import { expect, test } from '../harness/test.ts';
import { Console, Widget } from '../harness/visitor.ts';

test('a visitor talks to the bot, to an operator, and to the bot again', async ({ deployment, site, admin, browser, page, partitioned }) => {
  test.setTimeout(120_000);
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  const widget = new Widget(page);

  await page.goto(site.origin + site.page(deployment.url, 'Olena'));
  await test.step('the bot greets by name', async () => {
    await widget.open();
    await expect(widget.bubbles().first()).toContainText('Hello, Olena!');
    await widget.hears('What can I do for you?');
  });

  await test.step('this is how the storage of a frame is here', async () => {
    const frame = page.frames().find((f) => f.url().startsWith(deployment.url))!;
    const storage = await frame.evaluate(() => {
      try {
        localStorage.setItem('e2e', 'partitioned');
        return localStorage.getItem('e2e');
      } catch (error) {
        return (error as Error).name;
      }
    });
    expect(storage).toBe(partitioned ? 'partitioned' : 'SecurityError');
  });

  await test.step('a button, a wrong and a right phone number', async () => {
    await widget.press('Call me back');
    await widget.hears('Which number shall we call?');
    await widget.write('tomorrow');
    await widget.hears('That does not look like a phone number.');
    await widget.write('+380 50 123 45 67');
    await widget.hears('may we write to you instead?');
    await widget.press('Just call me');
    await widget.hears('Is there anything else?');
    await expect(widget.log).toContainText('we call +380');
  });

  await test.step('the visitor asks for a person', async () => {
    await widget.press('Talk to a person');
    await widget.hears("One moment, I'm fetching somebody.");
    await expect(widget.log).toContainText('Waiting for an operator');
  });

  const context = await browser.newContext({ locale: 'en-GB' });
  const operator = await Console.signIn(await context.newPage(), deployment, await admin.makeOperator('Marta'));
  await test.step('an operator takes the dialog and answers', async () => {
    await operator.take('Olena');
    await expect(operator.page.getByRole('log')).toContainText('+380 50 123 45 67');
    await operator.type('Hello Olena, this is Marta. How can I help?');
    await expect(widget.log).toContainText('Marta is typing');
    await operator.send();
    await widget.hears('this is Marta');
    await expect(widget.log).toContainText('Marta joined the chat');
    // It is told every three seconds at most, and the phone number may not be so long ago.
    await expect(async () => {
      await widget.type('Do you have smoked tea?');
      await expect(operator.page.getByText('Olena is writing…')).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
    await widget.send();
    await expect(operator.page.getByRole('log')).toContainText('Do you have smoked tea?');
    await operator.say('We do: Lapsang, in small tins.');
    await widget.hears('Lapsang');
  });

  await test.step('the operator closes, and the bot goes on at the alias', async () => {
    await operator.close();
    await expect(widget.log).toContainText('Marta left the chat');
    await widget.hears('Pip again. Did that help?');
    await widget.press('Yes, thank you');
    await widget.hears("I'll tell them, it makes their day.");
  });
  await context.close();

  await test.step('after a reload everything is there', async () => {
    const before = await widget.transcript();
    expect(before.length).toBeGreaterThan(15);
    await page.reload();
    await widget.show();
    await widget.hears("I'll tell them, it makes their day.");
    expect(await widget.transcript()).toEqual(before);
  });

  expect(errors).toEqual([]);
});
