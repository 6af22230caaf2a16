// How Chromium is started.
import { chromium, type LaunchOptions } from '@playwright/test';

export const launchArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/**
 * The options with the partitioning of third-party storage on, as it is for everybody: Playwright
 * switches it off by naming it in a list of disabled features. That list is its own affair, so it is
 * read from a browser that it starts.
 */
export async function withPartitioning(options: LaunchOptions): Promise<LaunchOptions> {
  const server = await chromium.launchServer(options);
  const list = server.process().spawnargs.find((arg) => arg.startsWith('--disable-features='));
  await server.close();
  const without = list?.replace(/\bThirdPartyStoragePartitioning,?/, '');
  if (!list || list === without) throw new Error('Playwright no longer disables ThirdPartyStoragePartitioning: look at its flags again');
  return { ...options, args: [...(options.args ?? []), without!], ignoreDefaultArgs: [list] };
}
