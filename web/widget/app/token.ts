// Asks the gateway for a visitor token (protocol §2).
import type { Problem } from '../wire/message.ts';

/** The answer of the gateway. */
export interface Token {
  token: string;
  conversation: string;
  visitor: string;
  renewed: boolean;
}

/** What is asked for; `token` is a stored one, to be renewed. */
export interface TokenRequest {
  bot_id: string;
  site: string;
  token?: string | undefined;
  user_id?: string | undefined;
  user_token?: string | undefined;
}

/** The gateway refused (`problem`), or could not be reached. */
export type TokenError = Error & { problem?: Problem; retryAfter?: number | undefined };

/** Whether the same request will never be granted: bad_request, bot_unknown, blocked, origin_…, identity_…, params_…, too_… */
export const isFinal = (code = ''): boolean => /^(b|origin_|identity_|params_|too_)/.test(code);

/** Whether a new token helps. */
export const isTokenProblem = (code: string): boolean => code.startsWith('token_');

/** Asks what only the frame may; rejects with a TokenError. Gives up after ten seconds. */
export async function post(what: string, body: object): Promise<unknown> {
  const response = await fetch(new URL('../' + what, location.href), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    credentials: 'omit',
    // A visitor who logs out is on the way to another page.
    keepalive: true,
    signal: AbortSignal.timeout(10_000),
  });
  if (response.status === 204) return;
  const answer = (await response.json()) as { error?: Problem };
  const problem = answer.error;
  if (!problem) return answer;
  throw Object.assign(new Error(problem.message), { problem, retryAfter: problem.retry_after_ms });
}

/** Gets a token. */
export const requestToken = (request: TokenRequest): Promise<Token> => post('token', request) as Promise<Token>;
