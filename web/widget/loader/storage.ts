// What a widget keeps in the page's own storage, because the frame's may be denied: the visitor's token, and for
// the tab whether the chat is open.

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

/** Keeps, for the next page of this tab, whether the chat is open. */
export function keepOpen(bot: string, isOpen: boolean): void {
  try {
    if (isOpen) sessionStorage.setItem(`kw:${bot}`, '1');
    else sessionStorage.removeItem(`kw:${bot}`);
  } catch {
    // Then it is closed there.
  }
}

/** Says whether the chat was open on the page before; on a phone it would cover this one. */
export function wasOpen(bot: string): boolean {
  try {
    return innerWidth > 480 && !!sessionStorage.getItem(`kw:${bot}`);
  } catch {
    return false;
  }
}
