const schemes = new Set(["http:", "https:", "mailto:", "tel:"]);

/** The address as it may be followed, or undefined for schemes that could run something. */
export function safeUrl(address: string, allowed: ReadonlySet<string> = schemes): string | undefined {
  try {
    const url = new URL(address, window.location.origin);
    return allowed.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** For pictures and files: only what is fetched. */
export function fileUrl(address: string): string | undefined {
  return safeUrl(address, new Set(["http:", "https:"]));
}
