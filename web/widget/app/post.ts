// Asks the gateway what only its own frame may ask (protocol §2).
import type { Problem } from '../wire/message.ts';

/** The gateway refused (`problem`), or could not be reached. */
export type TokenError = Error & { problem?: Problem };

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
