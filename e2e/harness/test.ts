// The tests' fixtures: a deployment for each project, a site that embeds its widget, and people.
import { test as base, expect } from '@playwright/test';
import { Admin } from './admin.ts';
import { startAllInOne } from './all-in-one.ts';
import { withPartitioning } from './chromium.ts';
import type { Deployment, Kind } from './deployment.ts';
import { noMongo } from './mongo.ts';
import { Peer } from './peer.ts';
import { startServices } from './services.ts';
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
    async ({ deploymentKind }, use) => {
      const deployment = await (deploymentKind === 'services' ? startServices() : startAllInOne());
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
