// Pictures and files on their way to the gateway, above the composer: one after the other, each with its
// progress, to be cancelled, and to be tried again where that can help. One that has arrived is a message.
import type { Problem } from '../../wire/message.ts';
import type { View } from '../view/context.ts';
import { button, make, set } from './dom.ts';
import { formatSize } from './media.ts';

/** The gateway's answer (protocol §2). */
export interface Uploaded {
  id: string;
  type: 'image' | 'file';
  url: string;
  name: string;
  size: number;
  width?: number;
  height?: number;
}

interface Item {
  file: File;
  view: View;
  row: HTMLElement;
  /** A small picture of a picture. */
  look?: HTMLElement;
  request?: XMLHttpRequest;
  /** It has arrived, and is not sent yet. */
  answer?: Uploaded | undefined;
}

/** What is taken at once; a visitor may upload that many in one go. */
const MAX_FILES = 10;
/** An upload that makes no progress for so long is given up. */
const STALLED_MS = 30_000;
/** All of it is there: the gateway has it scanned and stored, and gives up either after a minute. */
const STORED_MS = 130_000;
/** Pixels of the small picture, enough for a dense screen. */
const LOOK = 120;

/** What has been uploaded from here: until the log has the message, it says only the id. */
const uploads = new Map<string, Uploaded>();
const waiting: Item[] = [];
let isSending = false;
let tray: HTMLElement | undefined;

/** What is known of an upload; after a reload, where it is. */
export const uploaded = (id: string): Partial<Uploaded> => uploads.get(id) ?? { url: `../files/${id}` };

/** Takes the files that the visitor has chosen. */
export function upload(files: File[], view: View): void {
  const t = view.more;
  const input = document.querySelector<HTMLInputElement>('footer input');
  if (input) input.value = ''; // the same file can be chosen again
  const limit = view.options.uploads!.max_bytes;
  files.slice(0, MAX_FILES).forEach((file) => {
    const item: Item = { file, view, row: make('li', '') };
    open(view).append(item.row);
    if (!file.size) show(item, t.empty);
    else if (file.size > limit) show(item, tooLarge(view));
    else enqueue(item);
  });
  if (files.length > MAX_FILES) {
    const item = { file: files[MAX_FILES]!, view, row: make('li', '') };
    open(view).append(item.row);
    show(item, t.tooMany);
  }
}

const tooLarge = ({ more: t, options, words }: View) => t.tooLarge.replace('{size}', () => formatSize(options.uploads?.max_bytes ?? 0, words.tag));

/** The list of what is on its way; it goes with its last row. */
function open(view: View): HTMLElement {
  if (!tray) {
    tray = make('ul', 'tray');
    tray.setAttribute('aria-label', view.more.sending);
    document.querySelector('footer')!.prepend(tray);
  }
  return tray;
}

function close(item: Item): void {
  item.row.remove();
  if (tray?.firstChild) return;
  tray?.remove();
  tray = undefined;
}

function enqueue(item: Item): void {
  const progress = set(make('progress', ''), { max: 1, value: 0, 'aria-label': item.file.name });
  fill(item, progress, button('', () => cancel(item), item.view.more.cancel));
  void drawLook(item);
  waiting.push(item);
  void next();
}

function cancel(item: Item): void {
  const at = waiting.indexOf(item);
  if (at >= 0) waiting.splice(at, 1);
  close(item);
  item.request?.abort();
}

/** Draws what a picture looks like, if this browser can read it. On a canvas: a blob's address would need a place in the CSP. */
async function drawLook(item: Item): Promise<void> {
  if (item.look || !/^image\/(png|jpeg|gif|webp|avif)$/.test(item.file.type) || typeof createImageBitmap !== 'function') return;
  try {
    const bitmap = await createImageBitmap(item.file);
    const canvas = Object.assign(make('canvas', ''), { width: LOOK, height: LOOK });
    const side = Math.min(bitmap.width, bitmap.height);
    canvas.getContext('2d')!.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, LOOK, LOOK);
    bitmap.close();
    item.row.prepend((item.look = canvas));
  } catch {
    // Not a picture after all; the gateway says so.
  }
}

function fill({ row, file, view, look }: Item, ...parts: HTMLElement[]): void {
  row.replaceChildren(...(look ? [look] : []), make('b', '', file.name), make('small', '', formatSize(file.size, view.words.tag)), ...parts);
}

/** Says why it was not sent; `again`: another attempt can help. */
function show(item: Item, why: string, again?: boolean): void {
  const t = item.view.more;
  const note = make('p', '', t.failed + (why && `: ${why}`));
  note.setAttribute('role', 'alert');
  const retry = again ? [button('', () => enqueue(item), t.retry)] : [];
  fill(item, note, ...retry, button('', () => close(item), t.delete));
}

async function next(): Promise<void> {
  const item = isSending ? undefined : waiting.shift();
  if (!item) return;
  const { view } = item;
  const t = view.more;
  isSending = true;
  try {
    const answer = (item.answer ??= await send(item, await view.chat.token()));
    if (!answer) return; // cancelled
    uploads.set(answer.id, answer);
    if (view.chat.sendUpload({ type: answer.type, upload: answer.id })) close(item);
    else show(item, view.chat.state.thinking ? view.words.t('thinkingBlocks') : t.tooMany, true);
  } catch (error) {
    const { code, message } = error as Partial<Problem>;
    const own: Record<string, string> = { type_forbidden: t.wrongType, uploads_off: t.wrongType, blocked: t.blocked, infected: t.infected, too_large: tooLarge(view), rate_limited: t.tooOften };
    if (message) console.error('[kw]', message);
    show(item, code ? (own[code] ?? '') : t.lost, !/^(type_forbidden|too_large|infected|uploads_off|blocked)$/.test(code ?? ''));
  } finally {
    isSending = false;
    void next();
  }
}

/** Sends one file; undefined if it was cancelled, and a rejection with the gateway's problem, if it said one. */
function send(item: Item, token: string): Promise<Uploaded | undefined> {
  return new Promise((resolve, reject) => {
    if (!item.row.isConnected) return resolve(undefined);
    const { file, row } = item;
    const request = (item.request = new XMLHttpRequest());
    let stalled: ReturnType<typeof setTimeout>;
    const moved = (patience = STALLED_MS) => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), patience);
    };
    const address = new URL('../upload', location.href);
    address.searchParams.set('name', file.name);
    request.open('POST', address);
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => {
      moved();
      const progress = row.querySelector('progress');
      if (progress && total) progress.value = loaded / total;
    };
    request.upload.onload = () => moved(STORED_MS);
    request.onloadend = () => {
      clearTimeout(stalled);
      const answer = request.response as (Uploaded & { error?: Problem }) | null;
      if (answer?.id) resolve(answer);
      else if (row.isConnected) reject(answer?.error ?? {});
      else resolve(undefined);
    };
    moved();
    request.send(file);
  });
}
