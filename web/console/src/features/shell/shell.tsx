import { Outlet, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi, useSessionState } from "../../api/api";
import { backoff } from "../../live/backoff";
import { LiveProvider } from "../../live/context";
import { Logo } from "../../ui/logo";
import { ConnectionBanner } from "./connection-banner";
import { Rail } from "./rail";

/** What surrounds every screen of somebody who is signed in; leads everybody else to sign in. */
export function Shell() {
  const state = useSessionState();
  const router = useRouter();
  const me = state.status === "in" ? state.user : undefined;

  useEffect(() => {
    if (state.status !== "out") return;
    // Back to this page afterwards, unless it was somebody's choice to leave it.
    const to = state.left ? undefined : router.history.location.href;
    void router.navigate({ to: "/sign-in", search: { to }, replace: true });
  }, [state, router]);

  if (state.status === "unknown") return <Resuming />;
  if (!me) return null;
  return (
    <LiveProvider key={me.id} me={me}>
      <div className="flex h-dvh flex-col">
        <ConnectionBanner />
        <div className="flex min-h-0 grow">
          <Rail />
          <Outlet />
        </div>
      </div>
    </LiveProvider>
  );
}

/** Tries the stored session until the server answers one way or the other. */
function Resuming() {
  const { t } = useTranslation();
  const { session } = useApi();
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    session.token().catch(() => {
      if (gone) return; // an answer changes the session's state, which ends this screen
      timer = setTimeout(() => setFailures(failures + 1), backoff(failures));
    });
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [session, failures]);
  return (
    <main className="grid h-dvh place-content-center justify-items-center gap-4 text-muted">
      <Logo className="size-10" />
      <p role="status">{t(failures > 0 ? "app.unreachable" : "app.connecting")}</p>
    </main>
  );
}
