import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '#server/domain/deployments/testing/schedule.testing.ts';
import { readCliCredentials } from '#server/domain/identity/cli-credentials.ts';
import { startServer } from '../cli/run-server.ts';
import { writeTrialServer } from '../trials/trial-server.ts';

/** `CATWALK_KILLS` is the number of kills, `CATWALK_KILL_SEED` chooses their moments; by default others each day. */
const KILLS = Number(process.env['CATWALK_KILLS'] ?? 3);
const SEED = Number(process.env['CATWALK_KILL_SEED'] ?? Math.floor(Date.now() / 86_400_000));
const ROOT = path.join(import.meta.dirname, '../..');
const KILL_MS_MAX = 60_000;
/** Within it a start makes the folder, its keys, the database and its tables. */
const START_MS = 4_000;
/** Within it a machine starts, installs the package and answers the handshake. */
const INSTALL_MS = 3_000;
/** A folder is killed so many times before a new one takes its place, so that first starts are killed too. */
const KILLS_PER_FOLDER = 6;

const random = createRandom(SEED);
const folders: string[] = [];
/** Names of the tokens and deployments that the server has confirmed, in the folder that is in use. */
let confirmed: { tokens: string[]; deployments: string[] } = { tokens: [], deployments: [] };
let folder = '';
/** A package that needs nothing, outside the folders that come and go. */
let source = '';

beforeAll(async () => {
  const sources = await mkdtemp(path.join(tmpdir(), 'cw-kill-'));
  folders.push(sources);
  source = await writeTrialServer(path.join(sources, 'small'), 'needs-nothing');
  await nextFolder();
});
afterAll(async () => {
  for (const one of folders) await rm(one, { recursive: true, force: true });
});

async function nextFolder(): Promise<void> {
  folder = await mkdtemp(path.join(tmpdir(), 'cw-kill-'));
  folders.push(folder);
  confirmed = { tokens: [], deployments: [] };
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
  confirmed.tokens.push(name);
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

async function analysisId(): Promise<string> {
  const { analyze } = await ask(
    `mutation { analyze(input: { source: ${JSON.stringify(source)} }) { ... on Analysis { id } ... on UserError { message } } }`,
  );
  const { id } = analyze as { id: string };
  const status = async () => (await ask(`{ analysis(id: "${id}") { status } }`))['analysis'];
  await expect.poll(status).toEqual({ status: 'DONE' });
  return id;
}

async function killWhileItDeploys(name: string): Promise<void> {
  const server = await startServer(folder);
  const { deploy } = await ask(
    `mutation { deploy(input: { analysisId: "${await analysisId()}", name: "${name}" }) { __typename } }`,
  );
  expect(deploy).toEqual({ __typename: 'DeployPayload' });
  confirmed.deployments.push(name);
  await delay(random.below(INSTALL_MS));
  await server.kill();
}

/** Starts once more and waits until every deployment serves; returns the names of what is there. */
async function namesAfterStart(): Promise<typeof confirmed> {
  const server = await startServer(folder);
  const read = async () => {
    const { viewer, deployments } = await ask(
      '{ viewer { apiTokens { name } } deployments(first: 50) { edges { node { name status } } } }',
    );
    return {
      tokens: (viewer as { apiTokens: { name: string }[] }).apiTokens,
      deployments: (deployments as { edges: { node: { name: string; status: string } }[] }).edges.map(
        ({ node }) => node,
      ),
    };
  };
  const waiting = async () => (await read()).deployments.filter(({ status }) => status !== 'RUNNING');
  await expect.poll(waiting).toEqual([]);
  const { tokens, deployments } = await read();
  await server.stop();
  await expect.poll(() => processesOf(folder)).toEqual([]);
  return { tokens: tokens.map(({ name }) => name), deployments: deployments.map(({ name }) => name) };
}

/** Command lines of the processes that were started with, or for, files of a folder. */
async function processesOf(dir: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''); // it has ended
    const [command, environment] = await Promise.all([read('cmdline'), read('environ')]);
    if (command.includes(dir) || environment.includes(dir)) found.push(command);
  }
  return found;
}

test(
  `loses nothing that was confirmed through ${KILLS} kills (seed ${SEED})`,
  async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const kind = random.below(4);
      if (kind === 0) await killWhileItStarts();
      else if (kind === 1) await killWhileItWrites(`kill-${kill}`);
      else if (kind === 2) await killWhileKeysRotate();
      else await killWhileItDeploys(`kill-${kill}`);
      const isLast = kill + 1 === KILLS || (kill + 1) % KILLS_PER_FOLDER === 0;
      if (!isLast) continue;
      const { tokens, deployments } = await namesAfterStart();
      expect(tokens, `after kill ${kill}`).toEqual(expect.arrayContaining(confirmed.tokens));
      expect(deployments, `after kill ${kill}`).toEqual(confirmed.deployments.toReversed());
      await nextFolder();
    }
  },
  KILLS * KILL_MS_MAX,
);
