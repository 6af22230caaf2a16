import { Code, ConnectError, type Interceptor, type StreamResponse } from "@connectrpc/connect";
import type { Session } from "./session";

/**
 * Signs every call with the session's access token. A refused unary call is tried once more with a
 * fresh token; a refused stream ends and its owner opens the next one, which gets a fresh token.
 */
export function bearer(session: Pick<Session, "token" | "expire">): Interceptor {
  return (next) => async (request) => {
    const token = await session.token();
    request.header.set("Authorization", `Bearer ${token}`);
    try {
      const response = await next(request);
      return response.stream ? watched(response, () => session.expire(token)) : response;
    } catch (e) {
      if (!refused(e)) throw e;
      session.expire(token);
      if (request.stream) throw e;
      request.header.set("Authorization", `Bearer ${await session.token()}`);
      return next(request);
    }
  };
}

/** Notices a refusal that comes inside a stream: Connect puts it after an HTTP 200. */
function watched(response: StreamResponse, onRefusal: () => void): StreamResponse {
  async function* messages() {
    try {
      yield* response.message;
    } catch (e) {
      if (refused(e)) onRefusal();
      throw e;
    }
  }
  return { ...response, message: messages() };
}

function refused(e: unknown): boolean {
  return ConnectError.from(e).code === Code.Unauthenticated;
}
