import { createClient, type Client } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { AuthService } from "@switchboard/proto/config/v1/config_pb";
import { HistoryService } from "@switchboard/proto/history/v1/history_pb";
import { OperatorService } from "@switchboard/proto/operator/v1/operator_pb";
import { createContext, useContext, useSyncExternalStore } from "react";
import { bearer } from "./bearer";
import { Session, type SessionState } from "./session";
import { browserTokenStore } from "./token-store";

/** Every service that the console talks to, and who it talks as. */
export interface Api {
  session: Session;
  operator: Client<typeof OperatorService>;
  history: Client<typeof HistoryService>;
}

/** Clients of the services at this page's own origin. */
export function browserApi(baseUrl: string = window.location.origin): Api {
  const options = { baseUrl, useBinaryFormat: true, defaultTimeoutMs: 15_000 };
  const open = createConnectTransport(options);
  const session = new Session(browserTokenStore(), createClient(AuthService, open));
  const signed = createConnectTransport({ ...options, interceptors: [bearer(session)] });
  return {
    session,
    operator: createClient(OperatorService, signed),
    history: createClient(HistoryService, signed),
  };
}

export const ApiContext = createContext<Api | undefined>(undefined);

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error("useApi: no ApiContext above");
  return api;
}

export function useSessionState(): SessionState {
  const { session } = useApi();
  return useSyncExternalStore(session.subscribe, () => session.state);
}
