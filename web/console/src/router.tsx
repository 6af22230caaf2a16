import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  redirect,
  type RouterHistory,
} from "@tanstack/react-router";
import type { Api } from "./api/api";
import { SignInScreen } from "./features/auth/sign-in";
import { ConversationScreen } from "./features/dialogs/conversation-screen";
import { DialogsScreen } from "./features/dialogs/dialogs-screen";
import { NothingChosen } from "./features/dialogs/nothing-chosen";
import { CrashScreen, NotFoundScreen } from "./features/shell/failures";
import { Shell } from "./features/shell/shell";

export const basepath = "/console";

const root = createRootRouteWithContext<{ api: Api }>()({ notFoundComponent: NotFoundScreen, errorComponent: CrashScreen });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/dialogs", replace: true });
  },
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: ({ to }: Record<string, unknown>): { to?: string } =>
    // Only back into the console: never to an address that somebody put into a link.
    typeof to === "string" && to.startsWith(`${basepath}/`) ? { to } : {},
  beforeLoad: ({ context }) => {
    if (context.api.session.state.status === "in") throw redirect({ to: "/dialogs", replace: true });
  },
  component: SignInScreen,
});

// Everything below is for people who are signed in. Settings and the scenario builder join here,
// each as a lazy route, so that they cost nothing before they are opened.
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const dialogs = createRoute({ getParentRoute: () => shell, path: "/dialogs", component: DialogsScreen });
const noDialog = createRoute({ getParentRoute: () => dialogs, path: "/", component: NothingChosen });
// A dialog's id is "<conversation>/<trigger>": two parts of the path, each encoded by the router.
const dialog = createRoute({
  getParentRoute: () => dialogs,
  path: "/$conversation/$trigger",
  component: ConversationScreen,
});

const tree = root.addChildren([home, signIn, shell.addChildren([dialogs.addChildren([noDialog, dialog])])]);

/** Routes below /console/. */
export function newRouter(api: Api, history?: RouterHistory) {
  return createRouter({ routeTree: tree, basepath, context: { api }, history, defaultPreload: false });
}

export type AppRouter = ReturnType<typeof newRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }
}
