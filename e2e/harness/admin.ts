// What an administrator does before the tests, by the same API as everybody, in Connect's JSON.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { loopback, type Deployment } from './deployment.ts';
import { root } from './paths.ts';

type Json = Record<string, unknown>;
type Credentials = Deployment['admin'];

/** The sample bot's id. */
export const BOT = '1';

export class Admin {
  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async signIn(url: string, credentials: Credentials): Promise<Admin> {
    const answer = await call(url, '', 'config.v1.AuthService/SignIn', { ...credentials });
    return new Admin(url, (answer.tokens as Json).accessToken as string);
  }

  call(method: string, request: Json): Promise<Json> {
    return call(this.url, `Bearer ${this.token}`, method, request);
  }

  /** Lets the sample bot's widget be shown on exactly these sites. */
  allow(...origins: string[]): Promise<void> {
    return this.change({ allowedOrigins: origins });
  }

  /** Changes some of the sample bot's settings. */
  async change(fields: Json): Promise<void> {
    const { bot } = await this.call('config.v1.BotService/GetBot', { id: BOT });
    await this.call('config.v1.BotService/UpdateBot', { bot: { ...(bot as Json), ...fields } });
  }

  /** Makes somebody who answers visitors. */
  async makeOperator(name: string): Promise<Credentials> {
    const email = `${name.toLowerCase()}-${Date.now().toString(36)}@example.com`;
    const password = 'a long enough password';
    await this.call('config.v1.AccessService/CreateUser', { user: { email, name, role: 'ROLE_OPERATOR' }, password });
    return { email, password };
  }

  /** Makes a key for a machine that works with the sample bot's dialogs. */
  async makeKey(name: string): Promise<{ id: string; secret: string }> {
    const answer = await this.call('config.v1.AccessService/CreateApiKey', { name, role: 'ROLE_INTEGRATOR', bots: [BOT] });
    return { id: (answer.apiKey as Json).id as string, secret: answer.secret as string };
  }
}

/** Makes the sample bot with its scenario, as the all-in-one does by itself at its first start. */
export async function publishSample(url: string, credentials: Credentials): Promise<void> {
  const { bot, scenario } = JSON.parse(await readFile(join(root, 'samples/welcome.json'), 'utf8')) as Json;
  const admin = await Admin.signIn(url, credentials);
  await admin.call('config.v1.BotService/CreateBot', { bot });
  await admin.call('scenario.v1.ScenarioService/PublishScenario', { bot: BOT, json: JSON.stringify(scenario) });
}

/** Waits until a gateway has heard of a bot, and that a site may show it. */
export async function known(gateway: string, bot: string, origin: string): Promise<void> {
  const settings = async () => (await fetch(`${loopback(gateway)}/widget/v2/settings/${bot}.js`, { headers: { Origin: origin } })).text();
  await expect.poll(settings, `${gateway} has heard of the bot`).toContain('__kw.settings');
}

async function call(url: string, authorization: string, method: string, request: Json): Promise<Json> {
  const response = await fetch(`${loopback(url)}/switchboard.${method}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(authorization && { Authorization: authorization }) },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(15_000),
  });
  if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Json;
}
