// The visitor's token, kept in the page's own storage because the frame's may be denied.

let memory = '';

/** The stored token of a bot, or an empty string. */
export function loadToken(bot: string): string {
  try {
    return localStorage.getItem(`kw:${bot}`) || memory;
  } catch {
    return memory;
  }
}

/** Keeps a token; an empty one is forgotten. Where storage is denied it lives as long as the page. */
export function saveToken(bot: string, token: string): void {
  memory = token;
  try {
    if (token) localStorage.setItem(`kw:${bot}`, token);
    else localStorage.removeItem(`kw:${bot}`);
  } catch {
    // Storage is denied or full; memory has it.
  }
}
