// An operator at work, by the API of the console.
import { expect } from '@playwright/test';
import { Admin } from './admin.ts';
import type { Deployment } from './deployment.ts';

type Json = Record<string, unknown>;

export class Desk {
  private constructor(private readonly api: Admin) {}

  static async open(admin: Admin, { url }: Deployment, name: string): Promise<Desk> {
    return new Desk(await Admin.signIn(url, await admin.makeOperator(name)));
  }

  call(method: string, request: Json): Promise<Json> {
    return this.api.call(`operator.v1.OperatorService/${method}`, request);
  }

  /** Takes the dialog that a bot's visitor waits in, and returns its id. */
  async take(bot: string): Promise<string> {
    let id: string | undefined;
    const waiting = async () => {
      const { dialogs = [] } = await this.call('ListDialogs', { bot, states: ['DIALOG_STATE_WAITING'] });
      return (id = (dialogs as { id: string }[])[0]?.id);
    };
    await expect.poll(waiting, `a visitor of bot ${bot} who waits`).toBeTruthy();
    await this.call('Take', { dialogId: id! });
    return id!;
  }

  /** Says something; returns the message's id. */
  async say(dialogId: string, text: string, more: Json = {}): Promise<string> {
    const { id } = await this.call('Send', { dialogId, clientId: crypto.randomUUID(), text: { text }, ...more });
    return id as string;
  }
}
