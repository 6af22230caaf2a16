// What is behind a link, as the gateway has seen it. Where that cannot be known there is nothing.
import css from './preview.css';
import { adopt, make, set } from '../extras/dom.ts';
import type { View } from '../view/context.ts';
import { OUTSIDE, safeResource } from '../links.ts';
import { post } from '../post.ts';

adopt(css);

/** The gateway's answer (protocol §2). */
interface Seen {
  title: string;
  description?: unknown;
  image?: unknown;
  site_name?: unknown;
}

const MAX_KEPT = 100;

/** What is known of addresses, or is just being asked. */
const known = new Map<string, Seen | undefined | Promise<Seen | undefined>>();

/** Fills a place with what is behind an address, once it is known, without moving what the reader looks at. */
export function fillPreview(place: HTMLElement, url: string, view: View): void {
  const seen = look(url, view);
  if (seen instanceof Promise) void seen.then((later) => later && put(place, url, later));
  else if (seen) put(place, url, seen);
}

function look(url: string, view: View): Seen | undefined | Promise<Seen | undefined> {
  if (known.has(url)) return known.get(url);
  const seen = ask(url, view).catch(() => undefined);
  known.set(url, seen);
  if (known.size > MAX_KEPT) known.delete(known.keys().next().value!);
  void seen.then((found) => known.has(url) && known.set(url, found));
  return seen;
}

async function ask(url: string, view: View): Promise<Seen | undefined> {
  const answer = (await post('preview', { token: await view.chat.token(), url })) as Partial<Seen> | null;
  return typeof answer?.title === 'string' && answer.title ? (answer as Seen) : undefined;
}

/** The list keeps to its bottom by itself; what is under the reader's eyes stays where it is. */
function put(node: HTMLElement, url: string, seen: Seen): void {
  const list = node.closest('.list');
  const before = list?.scrollHeight ?? 0;
  const isAbove = !!list && node.getBoundingClientRect().top < list.getBoundingClientRect().top;
  node.append(draw(url, seen));
  if (isAbove) list.scrollTop += list.scrollHeight - before;
}

function draw(url: string, { title, description, image, site_name }: Seen): HTMLElement {
  const words = make('span', 'words', make('small', '', typeof site_name === 'string' && site_name ? site_name : new URL(url).host), make('b', '', title));
  if (typeof description === 'string' && description) words.append(make('span', '', description));
  const src = safeResource(image);
  const card = set(Object.assign(make('a', '', words), { href: url, ...OUTSIDE }), { dir: 'auto' });
  if (src) {
    const picture = Object.assign(make('img', ''), { alt: '', loading: 'lazy', decoding: 'async', referrerPolicy: 'no-referrer' });
    picture.onerror = () => picture.remove();
    picture.src = src;
    card.append(picture);
  }
  return card;
}
