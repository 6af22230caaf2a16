// What is being configured: the bot's settings and, over them, what this page has changed. Nothing here touches the
// document or the network.
import { FIELDS, field, initial, problemOf, type Field, type Value, type Values } from './fields.ts';

type Tree = { [key: string]: unknown };

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a dotted path. */
export function at(tree: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, name) => (isTree(node) && Object.hasOwn(node, name) ? node[name] : undefined), tree);
}

/** A copy of a tree with a value at a dotted path; undefined takes it away. Only known paths come here. */
export function put(tree: unknown, path: string, value: unknown): Tree {
  const [name, ...rest] = path.split('.') as [string, ...string[]];
  const out: Tree = isTree(tree) ? { ...tree } : {};
  const next = rest.length ? (value === undefined && !isTree(out[name]) ? undefined : put(out[name], rest.join('.'), value)) : value;
  if (next === undefined) delete out[name];
  else out[name] = next;
  return out;
}

/** A tree of values by their dotted keys. */
export const nest = (values: Values): Tree => Object.entries(values).reduce<Tree>((tree, [key, value]) => put(tree, key, value), {});

/** Reads values out of settings of any kind; what is missing or wrong is what it is when nobody has said anything. */
function read(tree: unknown, pathOf: (it: Field) => string | undefined): Values {
  const out: Values = {};
  for (const it of FIELDS) {
    const path = pathOf(it);
    const value = path === undefined ? undefined : at(tree, path);
    out[it.key] = typeof value === typeof it.initial && value !== '' && !problemOf(it, value as Value) ? (value as Value) : it.initial;
  }
  return out;
}

/** The values of the gateway's settings script. */
export const fromSettings = (settings: unknown): Values => read(settings, ({ key, proto }) => (proto ? key : undefined));

/** The values of a bot as the API gives it. */
export const fromBot = (bot: unknown): Values => read(at(bot, 'widget'), ({ proto }) => proto);

/** The bot with some fields changed. Everything else of it stays as it was. */
export function intoBot(bot: unknown, edits: Values): Tree {
  return Object.entries(edits).reduce<Tree>((out, [key, value]) => {
    const proto = field.get(key)?.proto;
    return proto ? put(out, `widget.${proto}`, value === '' || value === false ? undefined : value) : out;
  }, bot as Tree);
}

const snake = (path: string) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The key of the field that the service names, such as bot.widget.button_type. */
export const keyOfProblem = (path: string): string | undefined =>
  FIELDS.find(({ proto }) => proto && path === `bot.widget.${proto.startsWith('colors.') ? proto : snake(proto)}`)?.key;

/** Only what differs from the base. */
export const differing = (values: Values, base: Values): Values => Object.fromEntries(Object.entries(values).filter(([key, value]) => value !== (base[key] ?? initial[key])));

/** The part of the address bar that says what was changed. */
export const toHash = (edits: Values): string => new URLSearchParams(Object.entries(edits).map(([key, value]) => [key, String(value)])).toString();

/** What an address says; anything that is no setting or no value of its kind is left out. `isColor` judges colours. */
export function fromHash(hash: string, isColor: (text: string) => boolean): Values {
  const out: Values = {};
  for (const [key, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const it = field.get(key);
    if (!it || text.length > 2048) continue;
    const value = typeof it.initial === 'boolean' ? text === 'true' : typeof it.initial === 'number' ? Number(text) : text;
    const isRefused = (it.kind === 'color' || it.kind === 'background') && text !== '' && !isColor(text);
    if (!isRefused && !problemOf(it, value)) out[key] = value;
  }
  return out;
}

/** Whether what the page has changed can be saved to the bot. */
export const savable = (edits: Values): Values => Object.fromEntries(Object.entries(edits).filter(([key]) => field.get(key)?.proto));
