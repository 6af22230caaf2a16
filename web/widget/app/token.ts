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
  /** A solved challenge. */
  challenge?: string;
}

/** The gateway refused (`problem`), or could not be reached. */
export type TokenError = Error & { problem?: Problem };

/** Whether the same request will never be granted: bad_request, bot_unknown, blocked, origin_…, identity_…, params_…, too_… */
export const isFinal = (code = ''): boolean => /^(b|or|id|pa|too)/.test(code);

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
  const answer = (await response.json()) as { error?: Problem };
  const { error: problem } = answer;
  if (!problem) return answer;
  throw Object.assign(new Error(problem.message), { problem });
}

/** Gets a token, if need be by some work of this computer. */
export const requestToken = (request: TokenRequest): Promise<Token> =>
  (post('token', request) as Promise<Token>).catch(async (error: TokenError) => {
    const asked = error.problem?.challenge;
    if (!asked || request.challenge) throw error;
    return requestToken({ ...request, challenge: await (await import('./challenge.ts')).solve(asked) });
  });
