// States that need a bot, a page or a way of their own, each with the way to it.
import { expect, type FrameLocator, type Locator, type Page, type Route } from '@playwright/test';
import { call, jump, type Look } from './journey.ts';

/** Where a scene is played. */
export interface Stage {
  page: Page;
  /** What is inside of the panel. */
  chat: FrameLocator;
  launcher: Locator;
  /** Where the visitor writes. */
  field: Locator;
}

/** A state, and the way to it. */
export interface Scene {
  /** What its bot has that the gallery's has not. */
  bot?: { widget?: object; [field: string]: unknown };
  /** What its page says in kw('init'); `site` is its origin. */
  options?: (site: string) => object;
  /** On the chat's own page. */
  isHosted?: true;
  go(stage: Stage, look: Look): Promise<void>;
}

const FORM = {
  text: 'Tell us who you are, and we begin.',
  fields: [
    { name: 'name', label: 'Your name', required: true },
    { name: 'email', label: 'E-mail', kind: 'FORM_FIELD_KIND_EMAIL', placeholder: 'you@example.com' },
    { name: 'about', label: 'What is it about?', kind: 'FORM_FIELD_KIND_CHOICE', choices: ['An order', 'A tea', 'Something else'] },
  ],
};
/** Open on one day of the week, which is neither today nor tomorrow: it is closed, and it is known until when. */
const hours = { timezone: 'UTC', spans: [{ weekday: ((new Date().getUTCDay() + 2) % 7) + 1, from: '09:00', to: '18:00' }] };
const messengers = { viber: 'viber://pa?chatURI=tea', telegram: 'https://t.me/tea', facebook: 'https://m.me/tea', whatsapp: 'https://wa.me/380501234567' };

const open = async ({ page, launcher, chat }: Stage) => {
  await expect(launcher).toBeVisible();
  await call(page, 'openchat', 1);
  await expect(chat.locator('.row').first()).toBeVisible();
};
const openMenu = (chat: FrameLocator) => chat.locator('header button[aria-haspopup=menu]').click();

export const scenes: Record<string, Scene> = {
  avatar: {
    options: (site) => ({ widgetButton: { type: 'avatar' }, avatar_url: `${site}/mint.svg` }),
    async go(stage, look) {
      await expect.poll(() => stage.launcher.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
      await look('launcher');
      await open(stage);
      await look('open');
    },
  },
  button: {
    options: () => ({ widgetButton: { type: 'button', position: { x: 'left' } }, multi_channel: { button_title: 'Ask us about tea' }, launcher: { openIcon: 'support_agent' } }),
    async go(stage, look) {
      await expect(stage.launcher).toContainText('Ask us about tea');
      await look('launcher');
      await open(stage);
      await look('open');
    },
  },
  multi: {
    options: () => ({ widgetButton: { type: 'multi' }, multi_channel: { button_title: 'Write to us', messengers }, launcher: { openIcon: 'forum' } }),
    async go({ page, launcher }, look) {
      await launcher.click();
      await expect(page.getByRole('menuitem')).toHaveCount(5);
      await look('menu');
    },
  },
  rule: {
    bot: { widget: { rules: [{ id: 'hello', afterSeconds: 1, text: 'Choosing a tea? Tell me what you like for breakfast, and I will find one.' }] } },
    async go({ page }, look) {
      await expect(page.locator('kw-widget [role=status] span')).toBeVisible();
      await look('bubble');
    },
  },
  inline: {
    options: () => ({ container: '#chat' }),
    async go({ page, chat }, look) {
      await expect(chat.locator('.row').first()).toBeVisible();
      await jump(page, 'keyboard');
      await look('keyboard');
    },
  },
  hosted: {
    isHosted: true,
    async go({ chat }, look) {
      await expect(chat.locator('.row').first()).toBeVisible();
      await look('page');
    },
  },
  prechat: {
    bot: { widget: { prechat: FORM } },
    async go({ launcher, chat }, look) {
      await launcher.click();
      await expect(chat.locator('.of-settings input').first()).toBeVisible();
      await look('form');
      await chat.locator('.of-settings .primary').click();
      await expect(chat.locator('[aria-invalid]').first()).toBeVisible();
      await look('wrong');
    },
  },
  'out-of-hours': {
    bot: { widget: { hours, offline: { ...FORM, text: 'We are asleep. Leave us word, and we write back in the morning.' } } },
    async go({ launcher, chat, field }, look) {
      await launcher.click();
      await expect(chat.locator('.of-settings input').first()).toBeVisible();
      await look('form');
      await chat.locator('.of-settings input').first().fill('Iryna');
      await chat.locator('.of-settings .primary').click();
      await expect(field).toBeVisible();
      await expect(chat.locator('.row').first()).toBeVisible();
      await look('left-word');
    },
  },
  away: {
    bot: { widget: { hours } },
    async go(stage, look) {
      await open(stage);
      await expect(stage.chat.locator('.away')).toBeVisible();
      await look('back-at');
    },
  },
  blocked: {
    bot: { blocks: [{ network: '127.0.0.0/8' }, { network: '::1/128' }], blockMessage: 'This chat is closed to you. If that is a mistake, write to chat@example.com.' },
    async go({ launcher, chat }, look) {
      await launcher.click();
      await expect(chat.locator('.banner')).toContainText('closed to you');
      await expect(chat.locator('footer')).toBeHidden();
      await look('blocked');
    },
  },
  failed: {
    async go(stage, look) {
      await open(stage);
      await call(stage.page, 'send', { text: 'Oolong! '.repeat(600) });
      await expect(stage.chat.locator('.failed')).toBeVisible();
      await look('failed');
    },
  },
  upload: {
    bot: { uploads: { enabled: true, maxBytes: 20_000 } },
    async go(stage, look) {
      await open(stage);
      const held: Route[] = [];
      await stage.page.route('**/widget/v2/upload*', (route) => void held.push(route));
      const text = (name: string, size: number) => ({ name, mimeType: 'text/plain', buffer: Buffer.alloc(size, 'tea ') });
      await stage.chat.locator('footer input[type=file]').setInputFiles([text('The teas that I have at home.txt', 9_000), text('My order.txt', 400), text('All the teas that there are in the world.txt', 40_000)]);
      await expect(stage.chat.locator('.tray [role=alert]')).toBeVisible();
      await expect.poll(() => held.length).toBe(1);
      await look('tray');
      await Promise.all(held.map((route) => route.abort()));
    },
  },
  end: {
    async go(stage, look) {
      await open(stage);
      await openMenu(stage.chat);
      await stage.chat.locator('[role=menuitem].danger').click();
      await expect(stage.chat.locator('dialog[open]')).toBeVisible();
      await look('question');
      await stage.chat.locator('dialog .primary').click();
      await expect(stage.chat.locator('.notice')).toBeVisible();
      await look('ended');
    },
  },
  transcript: {
    options: () => ({ transcript: { download: true, email: true } }),
    async go(stage, look) {
      await open(stage);
      await openMenu(stage.chat);
      await stage.chat.locator('[role=menuitem]').nth(1).click();
      const address = stage.chat.locator('dialog input');
      await expect(address).toBeFocused();
      await look('dialog');
      await address.fill('olena at example');
      await address.press('Enter');
      await expect(stage.chat.locator('dialog .bad')).toBeVisible();
      await look('wrong');
    },
  },
  reply: {
    async go(stage, look) {
      await open(stage);
      await stage.field.press('ArrowUp');
      await expect(stage.chat.locator('.answering')).toBeVisible();
      await look('by-keys');
    },
  },
  custom: {
    bot: {
      widget: {
        customCode: {
          css: '.promo { margin: 0; padding: 10px 18px; background: #2f6b4a; color: #fff; font-size: 13px } .promo a { color: inherit }',
          html: '<p class="promo">Free delivery this week. <a href="https://example.com/delivery">How it works</a></p>',
          js: 'document.documentElement.dataset.custom = "on"',
        },
      },
    },
    async go(stage, look) {
      await open(stage);
      await expect(stage.chat.locator('.promo')).toBeVisible();
      await expect(stage.chat.locator('html[data-custom=on]')).toBeAttached();
      await look('code');
    },
  },
  zoom: {
    async go(stage, look) {
      await stage.page.setViewportSize({ width: 320, height: 256 });
      await open(stage);
      for (const entry of ['keyboard', 'cards', 'form']) {
        await jump(stage.page, entry);
        await look(entry);
      }
      await openMenu(stage.chat);
      await expect(stage.chat.locator('[role=menu]')).toBeVisible();
      await look('menu');
    },
  },
  'forced-colours': {
    async go(stage, look) {
      await stage.page.emulateMedia({ forcedColors: 'active' });
      await expect(stage.launcher).toBeVisible();
      await look('launcher');
      await open(stage);
      for (const entry of ['inline', 'cards', 'stars', 'keyboard']) {
        await jump(stage.page, entry);
        await look(entry);
      }
      await openMenu(stage.chat);
      await expect(stage.chat.locator('[role=menu]')).toBeVisible();
      await look('menu');
    },
  },
};
