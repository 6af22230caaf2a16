import { createClient, createRouterTransport, type ConnectRouter } from "@connectrpc/connect";
import { AuthService } from "@switchboard/proto/config/v1/config_pb";
import { HistoryService } from "@switchboard/proto/history/v1/history_pb";
import { OperatorService } from "@switchboard/proto/operator/v1/operator_pb";
import { createMemoryHistory } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { bearer } from "@/api/bearer";
import { Session } from "@/api/session";
import { browserTokenStore } from "@/api/token-store";
import { App } from "@/app";
import { newI18n } from "@/i18n/i18n";
import { newRouter } from "@/router";

/** Shows the whole console at an address, against a Connect server in this process. */
export function openConsole(address: string, routes: (router: ConnectRouter) => void) {
  const session = new Session(browserTokenStore(), createClient(AuthService, createRouterTransport(routes)));
  const signed = createRouterTransport(routes, { transport: { interceptors: [bearer(session)] } });
  const api = { session, operator: createClient(OperatorService, signed), history: createClient(HistoryService, signed) };
  const history = createMemoryHistory({ initialEntries: [address] });
  render(<App api={api} i18n={newI18n("en")} router={newRouter(api, history)} />);
  return { session, history };
}
