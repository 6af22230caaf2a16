// The bot's settings, read as a script: that sends the page's Origin and needs only script-src.
import type { Settings } from '../wire/options.ts';

/** Why the gateway did not give the settings. */
export interface Refusal {
  code: string;
  message: string;
}

/** What the settings script calls: window.__kw. */
export interface Callbacks {
  settings(bot: string, settings: Settings): void;
  refused(bot: string, refusal: Refusal): void;
}

/**
 * Loads a bot's settings; the script answers through window.__kw. `failed` is called when the server
 * cannot be reached or the page's Content-Security-Policy forbids the script.
 */
export function loadSettings(base: URL, bot: string, nonce: string, failed: () => void): void {
  const script = document.createElement('script');
  script.crossOrigin = 'anonymous';
  script.async = true;
  if (nonce) script.nonce = nonce;
  script.src = new URL(`settings/${bot}.js`, base).href;
  script.onload = () => script.remove();
  script.onerror = () => {
    script.remove();
    failed();
  };
  document.head.append(script);
}

/** A text for the site's owner: what happened and what to do about it. */
export function explain(bot: string, server: string, { code, message }: Refusal): string {
  const start = `[kw] The chat of bot ${bot} is not shown: `;
  if (code === 'origin_forbidden') {
    return `${start}this page's origin ${location.origin} is not allowed. Add exactly ${location.origin} to the “List of allowed domains for installing the widget” (Settings → Bots → ${bot} → Widget on ${server}).`;
  }
  if (code === 'bot_unknown') return `${start}${server} has no such bot. Check bot_id in kw('init', …).`;
  return `${start}${message || code}`;
}
