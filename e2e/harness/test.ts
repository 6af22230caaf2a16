// The tests' fixtures: a deployment for each project, a site that embeds its widget, and people.
import { test as base, expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { Admin } from './admin.ts';
import { startAllInOne } from './all-in-one.ts';
import { withPartitioning } from './chromium.ts';
import type { Deployment, Kind } from './deployment.ts';
import { Desk } from './desk.ts';
import { startMail, type MailServer } from './mail.ts';
import { noMongo } from './mongo.ts';
import { Peer } from './peer.ts';
import { startServices } from './services.ts';
import { startShop, type Shop } from './shop.ts';
import { startSite, type Site } from './site.ts';

export interface Options {
  deploymentKind: Kind;
  /** Whether third-party storage is partitioned, as it is unless Playwright drives the browser. */
  partitioned: boolean;
}

interface Fixtures {
  /** Connects visitors with the official client, from the site that is allowed unless another is named. */
  visit(how?: { gateway?: string; site?: string; token?: string; auth?: Record<string, unknown>; transports?: string[] }): Peer;
  /** Skips a test that has no deployment here, loudly. */
  possible: void;
  /** Keeps what the deployment said beside a test that has failed. */
  evidence: void;
}

interface WorkerFixtures {
  deployment: Deployment;
  site: Site;
  admin: Admin;
  /** Takes what the deployment sends by mail. */
  mail: MailServer;
  /** Another site, with a bot for each test that wants one. */
  shop: Shop;
  /** An operator, Olena. */
  desk: Desk;
}

export const test = base.extend<Fixtures, Options & WorkerFixtures>({
  deploymentKind: ['all-in-one', { option: true, scope: 'worker' }],
  partitioned: [false, { option: true, scope: 'worker' }],

  launchOptions: [
    async ({ launchOptions, partitioned }, use) => use(partitioned ? await withPartitioning(launchOptions) : launchOptions),
    { scope: 'worker' },
  ],

  possible: [
    async ({ deploymentKind }, use) => {
      const without = deploymentKind === 'services' ? noMongo() : '';
      if (without) console.log(without);
      test.skip(!!without, without);
      await use();
    },
    { auto: true },
  ],

  evidence: [
    async ({ possible: _possible, deployment }, use, info) => {
      await use();
      if (info.status !== info.expectedStatus) await info.attach('deployment', { body: deployment.output(), contentType: 'text/plain' });
    },
    { auto: true },
  ],

  visit: async ({ deployment, site, admin: _admin }, use) => {
    const peers: Peer[] = [];
    await use(({ gateway = deployment.url, site: from = site.origin, ...who } = {}) => {
      const peer = new Peer(gateway, from, who);
      peers.push(peer);
      return peer;
    });
    peers.forEach((peer) => peer.close());
  },

  deployment: [
    async ({ deploymentKind, mail }, use) => {
      const outside = ['-smtp-url', mail.url, '-mail-from', 'Shop <chat@example.com>', '-link-preview-networks', '127.0.0.0/8'];
      const deployment = await (deploymentKind === 'services' ? startServices(outside) : startAllInOne(outside));
      await use(deployment);
      await deployment.stop();
    },
    // The fixture of MongoDB is compiled when it is started for the first time.
    { scope: 'worker', timeout: 400_000 },
  ],

  site: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright wants a pattern
    async ({}, use) => {
      const site = await startSite();
      await use(site);
      await site.stop();
    },
    { scope: 'worker' },
  ],

  mail: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright wants a pattern
    async ({}, use) => {
      const mail = await startMail();
      await use(mail);
      await mail.stop();
    },
    { scope: 'worker' },
  ],

  shop: [
    async ({ deployment, admin }, use) => {
      const shop = await startShop(deployment, admin);
      await use(shop);
      await shop.stop();
    },
    { scope: 'worker' },
  ],

  desk: [async ({ deployment, admin }, use) => use(await Desk.open(admin, deployment, 'Olena')), { scope: 'worker' }],

  /** The administrator, who has put the site on the bot's list. */
  admin: [
    async ({ deployment, site }, use) => {
      const admin = await Admin.signIn(deployment.url, deployment.admin);
      await admin.allow(site.origin);
      await use(admin);
    },
    { scope: 'worker' },
  ],
});

export { expect };

/** Does what a page does to command its widget. */
export const kwEvent = (page: Page, name: string, payload?: unknown): Promise<void> =>
  page.evaluate(([event, what]) => (window as unknown as { kw_event(event: unknown, what: unknown): void }).kw_event(event, what), [name, payload]);
