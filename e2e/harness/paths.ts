// Where things are.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const bin = join(root, '.bin');
/** For people to look at; not kept in git. */
export const out = join(root, 'e2e/out');
