import { opendir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { boundedGet } from '../outbound/bounded-get.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { packageKey } from './find-advisories.ts';
import { type OsvAdvisory, osvSchema } from './osv.ts';

/** A folder or an address of advisories in the OSV format, which the administrator names. */
export type AdvisoryDatabase = { kind: 'folder'; path: string } | { kind: 'url'; url: URL };

const FILES_MAX = 500_000;
const FILE_BYTES_MAX = 4 * 1024 * 1024;
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
const FETCH_MS_MAX = 120_000;

/** The advisories in a JSON text: one, a list of them, or the `vulns` of an answer. What is not one is left out. */
export function parseAdvisories(text: string): OsvAdvisory[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const inside = typeof value === 'object' && value !== null && 'vulns' in value ? value.vulns : value;
  return (Array.isArray(inside) ? inside : [inside]).flatMap((one) => osvSchema.safeParse(one).data ?? []);
}

async function* readFolder(path: string, signal: AbortSignal): AsyncGenerator<OsvAdvisory> {
  let files = 0;
  for await (const entry of await opendir(path, { recursive: true })) {
    signal.throwIfAborted();
    if (!entry.isFile() || !entry.name.endsWith('.json')) continue;
    files += 1;
    if (files > FILES_MAX) throw new Error(`The folder of advisories holds more than ${FILES_MAX} files.`);
    const file = join(entry.parentPath, entry.name);
    if ((await stat(file)).size > FILE_BYTES_MAX) continue;
    yield* parseAdvisories(await readFile(file, 'utf8'));
  }
}

async function* readUrl(url: URL, fetch: SafeFetch, signal: AbortSignal): AsyncGenerator<OsvAdvisory> {
  const headers = { accept: 'application/json' };
  const get = { url: url.href, headers, signal, timeoutMs: FETCH_MS_MAX, bytesMax: ANSWER_BYTES_MAX };
  const { status, body } = await boundedGet(fetch, get);
  if (status !== 200) throw new Error(`The database of advisories answered ${status}.`);
  yield* parseAdvisories(body.toString('utf8'));
}

/** The advisories about some packages: a database holds hundreds of thousands, of which few are kept in memory. */
export async function readDatabase(
  database: AdvisoryDatabase,
  names: ReadonlySet<string>,
  { fetch, signal }: { fetch: SafeFetch; signal: AbortSignal },
): Promise<OsvAdvisory[]> {
  const found: OsvAdvisory[] = [];
  const all = database.kind === 'folder' ? readFolder(database.path, signal) : readUrl(database.url, fetch, signal);
  for await (const advisory of all)
    if (advisory.affected.some((one) => names.has(packageKey(one.package.ecosystem, one.package.name))))
      found.push(advisory);
  return found;
}
