// What a visitor sees and does, and an operator.
import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';
import type { Deployment } from './deployment.ts';

/** The widget on a page. */
export class Widget {
  /** The chat, inside the panel. */
  readonly chat: FrameLocator;
  readonly launcher: Locator;
  readonly log: Locator;

  constructor(readonly page: Page) {
    this.chat = page.frameLocator('kw-widget iframe');
    this.launcher = page.getByRole('button', { name: /^(Open|Close) chat/ });
    this.log = this.chat.getByRole('log');
  }

  async open(): Promise<void> {
    await this.launcher.click();
    await expect(this.chat.getByRole('textbox')).toBeVisible();
  }

  /** Opens it the page's way, which does no harm where a message has opened it already. */
  async show(): Promise<void> {
    await expect(this.launcher).toBeVisible();
    await this.page.evaluate(() => (window as unknown as { kw_event(name: string, on: number): void }).kw_event('openchat', 1));
    await expect(this.chat.getByRole('textbox')).toBeVisible();
  }

  type(text: string): Promise<void> {
    return this.chat.getByRole('textbox').fill(text);
  }

  send(): Promise<void> {
    return this.chat.getByRole('textbox').press('Enter');
  }

  async write(text: string): Promise<void> {
    await this.type(text);
    await this.send();
  }

  press(button: string): Promise<void> {
    return this.chat.getByRole('group', { name: 'Answers to choose from' }).getByRole('button', { name: button }).click();
  }

  /** Waits until the newest message, and no earlier one of the same words, says this. */
  async hears(text: string | RegExp): Promise<void> {
    await expect(this.bubbles().last()).toContainText(text);
  }

  /** What has been said, in its order. */
  bubbles(): Locator {
    return this.log.locator('.bubble:not(.dots)');
  }

  /** The words of everything that has been said, once it is all delivered. */
  async transcript(): Promise<string[]> {
    await expect(this.log.getByRole('img', { name: 'Sending' })).toHaveCount(0);
    return this.bubbles().allInnerTexts();
  }
}

/** An operator's console, signed in. */
export class Console {
  private constructor(readonly page: Page) {}

  static async signIn(page: Page, { url }: Deployment, { email, password }: { email: string; password: string }): Promise<Console> {
    await page.goto(`${url}/console/`);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Dialogs' }).first()).toBeVisible();
    return new Console(page);
  }

  /** Opens the dialog of a waiting visitor, and takes it. */
  async take(visitor: string): Promise<void> {
    await this.page.getByRole('region', { name: 'Waiting' }).getByRole('link').filter({ hasText: visitor }).click();
    await this.page.getByRole('button', { name: 'Take the dialog' }).click();
    await expect(this.answer()).toBeVisible();
  }

  answer(): Locator {
    return this.page.getByRole('textbox', { name: 'Your answer' });
  }

  type(text: string): Promise<void> {
    return this.answer().fill(text);
  }

  async send(): Promise<void> {
    await this.answer().press('Enter');
    await expect(this.answer()).toBeEmpty();
  }

  async say(text: string): Promise<void> {
    await this.type(text);
    await this.send();
  }

  /** Closes the dialog, at the alias that the scenario proposes. */
  async close(): Promise<void> {
    await this.page.getByRole('button', { name: 'Close', exact: true }).click();
    await this.page.getByRole('dialog').getByRole('button', { name: 'Close the dialog' }).click();
    await expect(this.page.getByText('This dialog is closed')).toBeVisible();
  }
}
