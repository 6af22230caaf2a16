// Scripts that the loader adds: nothing but them can be had on a strict page without asking for more than
// script-src.
import type { Refusal } from './parts.ts';

interface Policy {
  createScriptURL(url: string): string;
}

/** A script of ours, and who waits for what it brings. */
interface Script extends HTMLScriptElement {
  kw: any;
}

/** The loader's own element. */
export const script = document.currentScript as HTMLScriptElement;

/** Where our files are; old embed code has the loader elsewhere. */
export const base = script.src.replace(/(\/widget)?(\/v2)?\/kw(js)?\.js.*/, '/widget/v2/');

let policy: Policy | undefined;

/** Adds a script, which hands what it brings to the one who waits. The browser sends the page's origin along. */
export function add(path: string, nonce: string | undefined, waiting: unknown, failed: (why: Refusal) => void): HTMLScriptElement {
  const element = document.createElement('script') as Script;
  const fail = () => {
    element.remove();
    failed({ code: 'unavailable', message: path + ' did not load' });
  };
  element.kw = waiting;
  element.crossOrigin = '';
  element.nonce = nonce || script.nonce;
  element.onload = () => element.remove();
  element.onerror = fail;
  try {
    // Where the page's policy does not name ours this fails, or setting src does.
    policy ??= (window as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes?.createPolicy('switchboard', { createScriptURL: (url) => url });
    element.src = policy ? policy.createScriptURL(base + path) : base + path;
    document.head.append(element);
  } catch {
    fail();
  }
  return element;
}

/** Who waits for what the script that runs now brings. */
export const waiting = (): any => (document.currentScript as Script).kw;
