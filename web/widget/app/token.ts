// Asks the gateway for a visitor token (protocol §2).
import { post, type TokenError } from './post.ts';

export { post, type TokenError };

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

/** Whether the same request will never be granted: bad_request, bot_unknown, blocked, origin_…, identity_…, params_…, too_… */
export const isFinal = (code = ''): boolean => /^(b|or|id|pa|too)/.test(code);

/** Gets a token, if need be by some work of this computer. */
export const requestToken = (request: TokenRequest): Promise<Token> =>
  (post('token', request) as Promise<Token>).catch(async (error: TokenError) => {
    const asked = error.problem?.challenge;
    if (!asked || request.challenge) throw error;
    return requestToken({ ...request, challenge: await (await import('./challenge.ts')).solve(asked) });
  });
