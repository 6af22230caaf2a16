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

/** Whether the same request will never be granted: bad_request, bot_unknown, blocked, origin_…, identity_…, too_… */
export const isFinal = (code = ''): boolean => /^(b|origin_|identity_|too_)/.test(code);

/** Whether a new token helps. */
export const isTokenProblem = (code: string): boolean => code.startsWith('token_');

/** Gets a token; rejects with a TokenError. Gives up after ten seconds. */
export async function requestToken(request: TokenRequest): Promise<Token> {
  const response = await fetch(new URL('../token', location.href), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
    credentials: 'omit',
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await response.json()) as Token & { error?: Problem };
  if (answer.token) return answer;
  const problem = answer.error;
  throw Object.assign(new Error(problem?.message), { problem, retryAfter: problem?.retry_after_ms });
}
