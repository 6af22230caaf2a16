// How it looks: pictures for people in out/looks, and what a machine can tell of them. Not for every
// deployment: they serve the same files.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { out } from '../harness/paths.ts';
import { expect, test } from '../harness/test.ts';
import { Console, Widget } from '../harness/visitor.ts';

const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 320, height: 640 } };

for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`on a ${size}, ${colorScheme}`, async ({ deployment, admin, browser }) => {
      const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB', reducedMotion: 'reduce' });
      const problems: string[] = [];
      context.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      context.on('weberror', ({ error }) => problems.push(String(error())));
      const look = async (page: Page, name: string) => {
        await page.screenshot({ path: join(out, 'looks', `${name}-${size}-${colorScheme}.png`) });
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} is wider than the screen`).toBeLessThanOrEqual(viewport.width);
      };

      const page = await context.newPage();
      const widget = new Widget(page);
      await page.goto(`${deployment.url}/`);
      await expect(widget.launcher).toBeVisible();
      await look(page, 'demo');

      await widget.open();
      await widget.hears('What can I do for you?');
      await widget.press('Call me back');
      await widget.hears('Which number shall we call?');
      await widget.write('tomorrow');
      await widget.hears('That does not look like a phone number.');
      await look(page, 'widget-input');
      await widget.write('+380 50 123 45 67');
      await widget.hears('may we write to you instead?');
      await widget.press('Just call me');
      await widget.hears('Is there anything else?');
      await look(page, 'widget-keyboard');
      await widget.press('Talk to a person');
      await expect(widget.log).toContainText('Waiting for an operator');
      await look(page, 'widget-waiting');

      const desk = await context.newPage();
      await desk.goto(`${deployment.url}/console/`);
      await expect(desk.getByRole('button', { name: 'Sign in' })).toBeVisible();
      await look(desk, 'console-sign-in');
      const operator = await Console.signIn(desk, deployment, await admin.makeOperator('Marta'));
      await expect(desk.getByRole('region', { name: 'Waiting' }).getByRole('link').first()).toBeVisible();
      await look(desk, 'console-list');
      await operator.take('Olena');
      await operator.say('Hello Olena, this is Marta. How can I help?');
      await widget.hears('this is Marta');
      await widget.write('Do you have smoked tea?');
      await expect(desk.getByRole('log')).toContainText('Do you have smoked tea?');
      await look(desk, 'console-dialog');
      await look(page, 'widget-operator');
      await operator.close();
      await widget.hears('Did that help?');
      await look(page, 'widget-closed');
      await context.close();
      expect(problems).toEqual([]);
    });
  }
}
