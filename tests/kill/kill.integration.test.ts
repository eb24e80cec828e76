import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '#server/domain/deployments/testing/schedule.testing.ts';
import { readCliCredentials } from '#server/domain/identity/cli-credentials.ts';
import { startServer } from '../cli/run-server.ts';

/** `CATWALK_KILLS` is the number of kills, `CATWALK_KILL_SEED` chooses their moments; by default others each day. */
const KILLS = Number(process.env['CATWALK_KILLS'] ?? 3);
const SEED = Number(process.env['CATWALK_KILL_SEED'] ?? Math.floor(Date.now() / 86_400_000));
const ROOT = path.join(import.meta.dirname, '../..');
const KILL_MS_MAX = 60_000;
/** Within it a start makes the folder, its keys, the database and its tables. */
const START_MS = 4_000;
/** A folder is killed so many times before a new one takes its place, so that first starts are killed too. */
const KILLS_PER_FOLDER = 6;

const random = createRandom(SEED);
const folders: string[] = [];
/** Names of the tokens that the server has confirmed, in the folder that is in use. */
let confirmed: string[] = [];
let folder = '';

beforeAll(() => nextFolder());
afterAll(async () => {
  for (const one of folders) await rm(one, { recursive: true, force: true });
});

async function nextFolder(): Promise<void> {
  folder = await mkdtemp(path.join(tmpdir(), 'cw-kill-'));
  folders.push(folder);
  confirmed = [];
}

/** The query that the command line of this computer may send. */
async function ask(query: string): Promise<Record<string, unknown>> {
  const cli = await readCliCredentials(folder);
  const answer = await fetch(`${cli?.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${cli?.token}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await answer.json()) as { data: Record<string, unknown> | null; errors?: unknown };
  if (!data || errors) throw new Error(`The server refused: ${JSON.stringify(errors)}`);
  return data;
}

async function createToken(name: string): Promise<void> {
  const made = await ask(`mutation { createApiToken(input: { name: "${name}" }) { __typename } }`);
  expect(made).toEqual({ createApiToken: { __typename: 'ApiTokenPayload' } });
  confirmed.push(name);
}

async function killWhileItStarts(): Promise<void> {
  const server = spawn(process.execPath, ['server/main.ts'], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      CATWALK_DATA_DIR: folder,
      PORT: '0',
      MCP_REGISTRY_URL: 'http://127.0.0.1:9',
    },
    stdio: 'ignore',
  });
  await delay(random.below(START_MS));
  server.kill('SIGKILL');
  await once(server, 'exit');
}

async function killWhileItWrites(name: string): Promise<void> {
  const server = await startServer(folder);
  const writes = 1 + random.below(4);
  for (let count = 0; count < writes; count += 1) await createToken(`${name}-${count}`);
  const last = createToken(`${name}-last`).catch(() => {}); // confirmed or lost, but nothing in between
  await delay(random.below(30));
  await server.kill();
  await last;
}

async function killWhileKeysRotate(): Promise<void> {
  const server = await startServer(folder);
  const rotated = ask('mutation { rotateKeys { __typename } }').catch(() => {});
  await delay(random.below(300));
  await server.kill();
  await rotated;
}

/** Starts once more; returns the names of the tokens that are there. */
async function namesAfterStart(): Promise<string[]> {
  const server = await startServer(folder);
  const { viewer } = await ask('{ viewer { apiTokens { name } } }');
  await server.stop();
  return (viewer as { apiTokens: { name: string }[] }).apiTokens.map(({ name }) => name);
}

test(
  `loses nothing that was confirmed through ${KILLS} kills (seed ${SEED})`,
  async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const kind = random.below(3);
      if (kind === 0) await killWhileItStarts();
      else if (kind === 1) await killWhileItWrites(`kill-${kill}`);
      else await killWhileKeysRotate();
      const isLast = kill + 1 === KILLS || (kill + 1) % KILLS_PER_FOLDER === 0;
      if (!isLast) continue;
      expect(await namesAfterStart(), `after kill ${kill}`).toEqual(expect.arrayContaining(confirmed));
      await nextFolder();
    }
  },
  KILLS * KILL_MS_MAX,
);
