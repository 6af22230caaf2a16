// Asks the gateway for a visitor token (protocol §2).
import type { Problem } from '../wire/message.ts';

/** The answer of the gateway. */
export interface Token {
  token: string;
  conversation: string;
  visitor: string;
  renewed: boolean;
}

/** The gateway refused; `problem.code` says whether it is worth another attempt. */
export class TokenError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }

  /** How long the server asks to wait, in ms. */
  get retryAfter(): number {
    return this.problem.retry_after_ms ?? 0;
  }

  /** Whether the same request will never be granted. */
  get isFinal(): boolean {
    return /^(origin_forbidden|bot_unknown|bad_request)$/.test(this.problem.code);
  }
}

/** Gets a token, a renewed one where `token` is still good. Gives up after ten seconds. */
export async function requestToken(request: { bot_id: string; site: string; token?: string; user_id?: string }): Promise<Token> {
  const response = await fetch(new URL('../token', location.href), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
    credentials: 'omit',
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await response.json().catch(() => ({}))) as Partial<Token> & { error?: Problem };
  if (response.ok && answer.token) return answer as Token;
  throw new TokenError(answer.error ?? { code: 'unavailable', message: `token: status ${response.status}` });
}
