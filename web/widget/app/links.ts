// Which addresses a message may lead to.

/** What every link has: it opens beside the page and tells nothing about it. */
export const OUTSIDE = { target: '_blank', rel: 'noopener noreferrer nofollow' };

/**
 * An address in a text, without the punctuation that follows it in a sentence; what is in a pair of brackets belongs to it.
 * It takes no longer than reading the text: at no character are there two ways to go on.
 */
export const ADDRESS = /(https?:\/\/(?:[.,;:!?)\]*_~]*(?:\([^\s()]*\)|[^\s<>"'`.,;:!?)\]*_~]))+)/;

/** The address made absolute, if it is http, https, mailto or tel; else undefined. Relative ones are refused. */
export function safeLink(address: unknown): string | undefined {
  if (typeof address !== 'string' || !/^\s*(https?:\/\/|mailto:|tel:)/i.test(address)) return undefined;
  try {
    return new URL(address).href;
  } catch {
    return undefined;
  }
}

/** The address of a picture or a file: http or https only. A path is one of the gateway's own. */
export function safeResource(address: unknown, base: string = location.href): string | undefined {
  if (typeof address !== 'string' || !address) return undefined;
  try {
    const url = new URL(address, base);
    return /^https?:$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
