import { RouterProvider } from "@tanstack/react-router";
import type { i18n } from "i18next";
import { I18nextProvider } from "react-i18next";
import { ApiContext, type Api } from "./api/api";
import type { AppRouter } from "./router";

interface AppProps {
  api: Api;
  i18n: i18n;
  router: AppRouter;
}

/** The console, from what it depends on. */
export function App({ api, i18n, router }: AppProps) {
  return (
    <I18nextProvider i18n={i18n}>
      <ApiContext value={api}>
        <RouterProvider router={router} />
      </ApiContext>
    </I18nextProvider>
  );
}
