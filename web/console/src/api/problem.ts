import { Code, ConnectError } from "@connectrpc/connect";
import type { TFunction } from "i18next";

/** Says in a plain sentence why a call failed. */
export function problemText(problem: unknown, t: TFunction): string {
  const { code, rawMessage } = ConnectError.from(problem);
  switch (code) {
    case Code.Unavailable:
    case Code.DeadlineExceeded:
    case Code.Canceled:
    case Code.Unknown: // fetch itself failed
      return t("problem.offline");
    case Code.PermissionDenied:
      return t("problem.permission");
    case Code.NotFound:
      return t("problem.notFound");
    case Code.FailedPrecondition:
    case Code.Aborted:
    case Code.AlreadyExists:
      return t("problem.conflict");
    case Code.ResourceExhausted:
      return t("problem.limited");
    case Code.InvalidArgument:
    case Code.OutOfRange:
      return t("problem.invalid", { message: rawMessage });
    case Code.Unauthenticated:
      return t("problem.session");
    default:
      return t("problem.internal");
  }
}

export function hasCode(problem: unknown, code: Code): boolean {
  return ConnectError.from(problem).code === code;
}

/** Whether asking again by itself makes sense. */
export function isPassing(problem: unknown): boolean {
  const { code } = ConnectError.from(problem);
  return code === Code.Unavailable || code === Code.DeadlineExceeded || code === Code.Unknown || code === Code.Aborted;
}
