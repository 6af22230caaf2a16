// A MongoDB server: the one that MONGO_URI names, or a fixture that is started. The Go tests look for
// it at the same places.
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './paths.ts';
import { freePorts, Program } from './program.ts';

const START_MS = 300_000; // the first time it is compiled
const STOP_MS = 60_000;

/** Starts the fixture, holds it until its input ends, and stops it: so it never outlives the tests. */
const SUPERVISE = '"$1/start.sh" "$2" "$3" && read -r _; exec "$1/stop.sh" "$2"';

export interface Mongo {
  /** The URI of a database, for a service's -store. */
  store(database: string): string;
  stop(): Promise<void>;
}

/** Why there is no MongoDB here, or nothing. */
export function noMongo(): string {
  if (process.env.MONGO_URI) return '';
  const script = fixture();
  if (!existsSync(script)) return `SKIPPED: no MongoDB: MONGO_URI is not set and there is no ${script}`;
  if (process.getuid?.() !== 0) return `SKIPPED: no MongoDB: MONGO_URI is not set and ${script} needs root`;
  return '';
}

const fixture = () => process.env.MONGO_FIXTURE || join(root, '../shared/mongo/start.sh');

export async function startMongo(): Promise<Mongo> {
  const given = process.env.MONGO_URI;
  if (given) return { store: storeAt(given), stop: async () => {} };
  const dir = await mkdtemp(join(tmpdir(), 'mongotest'));
  const [port] = await freePorts(1);
  const program = new Program('sh', ['-c', SUPERVISE, 'sh', dirname(fixture()), dir, String(port)], process.env);
  const [, uri] = await program.says(/^MONGO_URI=(.*)$/, START_MS);
  return { store: storeAt(uri!), stop: () => program.hangUp(STOP_MS) };
}

/** Databases of this run alone: a server that was given may have others. */
function storeAt(uri: string): (database: string) => string {
  const run = `e2e_${process.pid}_${Date.now().toString(36)}`;
  return (database) => uri.replace(/^([a-z+]+:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${run}_${database}`);
}
