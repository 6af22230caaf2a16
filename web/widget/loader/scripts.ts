// Scripts that the loader adds: nothing but them can be had on a strict page without asking for more than
// script-src.
import type { Refusal } from './parts.ts';

interface Policy {
  createScriptURL(url: string): string;
}

/** Not in every browser. */
declare const trustedTypes: { createPolicy(name: string, rules: Policy): Policy };

/** A script of ours, with what is done with what it brings, and why it brings nothing. */
interface Script extends HTMLScriptElement {
  kw: [resolve: (brought: any) => void, reject: (why: Refusal) => void];
}

/** The loader's own element. */
export const script = document.currentScript as HTMLScriptElement;

/** Where our files are; old embed code has the loader elsewhere. */
export const base = script.src.replace(/(\/widget)?(\/v2)?\/kw(js)?\.js.*/, '/widget/v2/');

let policy: Policy = { createScriptURL: (url) => url };
try {
  policy = trustedTypes.createPolicy('switchboard', policy);
} catch {
  // There are no Trusted Types, or the page's policy does not name ours: its default one decides.
}

/** Adds a script and returns what it brings. The browser sends the page's origin along. */
export const add = (path: string, nonce?: string): Promise<any> =>
  new Promise((resolve, reject) => {
    const element = document.createElement('script') as Script;
    // Who has brought something cannot fail any more.
    const end = () => {
      element.remove();
      reject({ code: 'unavailable', message: path + ' did not load' });
    };
    element.kw = [resolve, reject];
    element.crossOrigin = '';
    element.nonce = nonce || script.nonce;
    element.onload = element.onerror = end;
    try {
      element.src = policy.createScriptURL(base + path);
      document.head.append(element);
    } catch {
      // The page's policy allows no address.
      end();
    }
  });

/** Who waits for what the script that runs now brings. */
export const waiting = (): Script['kw'] => (document.currentScript as Script).kw;
