// In how many visits of this session a script has failed, by the bot and the version that it is of. Without storage each visit is the first.
const MOST = 3;

const key = (which: string) => `kw:custom:${which}`;

const count = (which: string): number => {
  try {
    return Number(sessionStorage.getItem(key(which))) || 0;
  } catch {
    return 0;
  }
};

/** Whether it has failed too often. */
export const lameIn = (which: string): boolean => count(which) >= MOST;

/** Counts a failure. */
export function failedIn(which: string): void {
  try {
    sessionStorage.setItem(key(which), String(count(which) + 1));
  } catch {
    // Denied, or full.
  }
}
