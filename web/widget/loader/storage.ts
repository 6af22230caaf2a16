// What a widget keeps in the page's own storage, because the frame's may be denied: the visitor's token, and for
// the tab whether the chat is open.

let memory = '';

/** The stored token of a bot, or an empty string. */
export function loadToken(bot: string): string {
  try {
    return localStorage['kw:' + bot] || memory;
  } catch {
    return memory;
  }
}

/** Keeps a token; an empty one is forgotten. Where storage is denied it lives as long as the page. */
export function saveToken(bot: string, token: string): void {
  memory = token;
  try {
    if (token) localStorage['kw:' + bot] = token;
    else delete localStorage['kw:' + bot];
  } catch {
    // Storage is denied or full; memory has it.
  }
}

/** Keeps, for the next page of this tab, whether the chat is open. */
export function keepOpen(bot: string, isOpen: boolean): void {
  try {
    if (isOpen) sessionStorage['kw:' + bot] = '1';
    else delete sessionStorage['kw:' + bot];
  } catch {
    // Then it is closed there.
  }
}

/** Says whether the chat was open on the page before. */
export function wasOpen(bot: string): boolean {
  try {
    return !!sessionStorage['kw:' + bot];
  } catch {
    return false;
  }
}
