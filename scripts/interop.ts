/**
 * Sets up real MCP clients with Catwalk's own instructions, and writes docs/compatibility.md:
 *
 *   node scripts/interop.ts              every client
 *   node scripts/interop.ts CLIENT…      these only; the rows of the others stay
 *   node scripts/interop.ts --short      without the part in which clients stay connected (five minutes)
 *   node scripts/interop.ts --render     no client: writes the page from the rows that are kept
 *
 * It needs the npm registry, Chromium, and a built dashboard (`npm run interop` builds it). Every step is bounded in time.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readAttempt } from './interop/attempt.ts';
import { TRIED_CLIENTS, type TriedClient } from './interop/clients.ts';
import { type Access, BUILDS, type Build, type Installation, openInstallation } from './interop/installation.ts';
import { type Lasting, runLong } from './interop/long-run.ts';
import { openPerson } from './interop/person.ts';
import { renderCompatibility } from './interop/render.ts';
import { type Attempt, type ClientResult, readResults, writeResults } from './interop/results.ts';
import { tryOnce } from './interop/try-client.ts';
import { installPackage } from './servers/install.ts';

const RESULTS = path.join(import.meta.dirname, 'interop/results.json');
const PAGE = path.join(import.meta.dirname, '../docs/compatibility.md');

const { values, positionals } = parseArgs({
  options: { short: { type: 'boolean', default: false }, render: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => TRIED_CLIENTS.every(({ key }) => key !== name));
if (unknown.length > 0) throw new Error(`Not a client that is tried: ${unknown.join(', ')}.`);
const chosen = TRIED_CLIENTS.filter(({ key }) => positionals.length === 0 || positionals.includes(key));
const progress = (text: string): void =>
  void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

const canSignIn = ({ how }: TriedClient): boolean => (how.kind === 'program' ? how.signIn !== undefined : how.signsIn);

/** Clients with the same packages share a folder. */
async function installAll(root: string): Promise<Lasting[]> {
  const folders = new Map<string, string>();
  const installed: Lasting[] = [];
  for (const client of chosen) {
    const name = client.packages.join(' ');
    const folder = folders.get(name) ?? path.join(root, client.key);
    try {
      if (!folders.has(name))
        await installPackage(folder, client.packages, { withScripts: client.how.kind === 'program' });
      folders.set(name, folder);
      installed.push({ client, folder });
      progress(`${client.key}: installed`);
    } catch (error) {
      failed.push(`${client.key} was not installed: ${error instanceof Error ? error.message.slice(0, 300) : error}`);
    }
  }
  return installed;
}

async function attempt(
  installation: Installation,
  { client, folder }: Lasting,
  access: Access,
  build: Build,
  allow: (link: string) => void,
) {
  const tokenName = `${client.key} ${access}`;
  const token = access === 'TOKEN' ? await installation.createToken(build, tokenName) : null;
  const mark = installation.recorder.mark();
  const error = await tryOnce(client, folder, { url: installation.urlOf(build), token, access }, allow);
  const result = readAttempt(access, build, error, installation.recorder.since(mark).filter(isOfClient));
  if (token !== null) await installation.revokeToken(build, tokenName);
  progress(`${client.key}, ${access} of ${build}: ${error ?? 'connected'}`);
  return result;
}

/** Requests of the browser and of Catwalk's own command line are not the client's. */
const isOfClient = ({ path: at }: { path: string }): boolean =>
  at.startsWith('/api/mcp/') ||
  at.startsWith('/.well-known/') ||
  /^\/oauth\/[^/]+\/(?:register|token|authorize)/.test(at);

const failed: string[] = [];

async function run(): Promise<ClientResult[]> {
  await using opened = new AsyncDisposableStack();
  const root = await mkdtemp(path.join(tmpdir(), 'catwalk-clients-'));
  opened.defer(() => rm(root, { recursive: true, force: true }));
  await mkdir(root, { recursive: true });
  const clients = await installAll(root);
  const installation = await openInstallation();
  opened.defer(installation.close);
  const attempts = new Map<string, Attempt[]>(clients.map(({ client }) => [client.key, []]));

  for (const access of ['TOKEN', 'PUBLIC'] as const) {
    for (const build of BUILDS) {
      await installation.setAccess(build, access);
      for (const lasting of clients)
        attempts.get(lasting.client.key)?.push(await attempt(installation, lasting, access, build, () => {}));
    }
  }

  await installation.setAccess('legacy', 'OAUTH');
  const person = await openPerson(await installation.signInUrl());
  for (const lasting of clients.filter(({ client }) => canSignIn(client))) {
    const allow = (link: string): void =>
      void person.allow(link).catch((error: Error) => progress(`The consent page: ${error.message.split('\n')[0]}`));
    attempts.get(lasting.client.key)?.push(await attempt(installation, lasting, 'OAUTH', 'legacy', allow));
  }
  await person.close();

  await installation.setAccess('legacy', 'TOKEN');
  const stays = clients.filter(({ client }) => client.how.kind !== 'program');
  const long = values.short ? new Map() : await runLong(installation, 'legacy', stays);
  return clients.map(({ client }) => {
    const steps = long.get(client.key);
    if (typeof steps === 'string') failed.push(`${client.key} did not stay connected: ${steps}`);
    return {
      key: client.key,
      label: client.label,
      package: client.packages[0],
      seenOn: new Date().toISOString().slice(0, 10),
      attempts: attempts.get(client.key) ?? [],
      long: typeof steps === 'object' ? steps : null,
    };
  });
}

const kept = await readResults(RESULTS);
const fresh = values.render ? [] : await run();
const results = TRIED_CLIENTS.flatMap(({ key }) => {
  const [now, before] = [fresh, kept].map((all) => all.find((result) => result.key === key));
  // a short run knows nothing about the long part
  return now ? [{ ...now, long: now.long ?? before?.long ?? null }] : (before ?? []);
});
await writeResults(RESULTS, results);
await writeFile(PAGE, renderCompatibility(results));
for (const line of failed) process.stderr.write(`${line}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
