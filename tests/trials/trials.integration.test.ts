import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import type { SmallServer } from '#deploy/host/trial/small-servers.testing.ts';
import { openTestApp } from '#server/compose/app.testing.ts';
import { writeTrialServer } from './trial-server.ts';

type App = Awaited<ReturnType<typeof openTestApp>>;

let folder = '';
let app: App;
let token = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-trials-'));
  app = await openTestApp();
  ({ token } = await app.tokenFor(app.owner.id));
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

const PROGRESS = 'subscription ($id: ID!) { analysisProgress(id: $id) { status analysis { trials { status } } } }';
const TRIALS = `query ($id: ID!) { analysis(id: $id) {
  candidates { credentials { name required requirement evidence { kind } } tools { name } runCommand }
  trials { status conclusion mode eras steps { message } needs { anyOf { kind name flag } } failure { code message } stderrTail }
} }`;
const START = `mutation ($input: StartTrialInput!) { startTrial(input: $input) {
  __typename ... on Analysis { trials { status } } ... on UserError { code hint } } }`;

/** Follows the analysis until it and its trials have ended. */
const ended = async (id: string): Promise<void> => {
  for await (const { errors } of app.follow(token, PROGRESS, { id })) expect(errors).toBeUndefined();
};

const analyze = async (server: SmallServer, run = false): Promise<string> => {
  const source = await writeTrialServer(join(folder, server), server);
  const { data } = await app.ask(
    token,
    'mutation ($input: AnalyzeInput!) { analyze(input: $input) { ... on Analysis { databaseId } } }',
    { input: { source, run } },
  );
  const analysis = data?.['analyze'] as { databaseId: string } | undefined; // as the query asks for it
  const id = analysis?.databaseId ?? '';
  await ended(id);
  return id;
};

const trialOf = async (server: SmallServer) => {
  const id = await analyze(server);
  const { data } = await app.ask(token, START, { input: { analysisId: id } });
  expect(data).toMatchObject({ startTrial: { __typename: 'Analysis', trials: [{ status: 'RUNNING' }] } });
  await ended(id);
  const read = await app.ask(token, TRIALS, { id });
  return read.data?.['analysis'];
};

/** Waits until no trial has a machine any more. */
const machinesGone = () =>
  eventually(
    'the machines of all trials are deleted',
    async () => (await app.prisma.trial.count({ where: { machineGoneAt: null } })) === 0,
  );

test('a server that needs nothing demands nothing, and shows its tools', async () => {
  expect(await trialOf('needs-nothing')).toMatchObject({
    candidates: [{ credentials: [], tools: [{ name: 'greet' }] }],
    trials: [{ status: 'DONE', conclusion: 'RUNS', eras: ['LEGACY'], needs: [] }],
  });
});

test('a variable that a server insists on becomes required, with the trial as its evidence', async () => {
  expect(await trialOf('needs-variable')).toMatchObject({
    candidates: [
      {
        credentials: [{ name: 'ORBIT_TOKEN', required: true, requirement: 'HARD', evidence: [{ kind: 'TRIAL' }] }],
        tools: [{ name: 'greet' }],
      },
    ],
    trials: [{ conclusion: 'RUNS_WITH_VALUES', needs: [{ anyOf: [{ kind: 'VARIABLE', name: 'ORBIT_TOKEN' }] }] }],
  });
});

test('a subcommand that starts the server is fixed for its deployment', async () => {
  expect(await trialOf('needs-subcommand')).toMatchObject({
    candidates: [{ runCommand: expect.stringMatching(/ mcp$/) }],
    trials: [{ conclusion: 'RUNS', mode: ['mcp'] }],
  });
});

test('a server that refuses dummies needs real values', async () => {
  expect(await trialOf('refuses-dummies')).toMatchObject({
    candidates: [{ credentials: [{ name: 'ORBIT_TOKEN', required: true }] }],
    trials: [{ conclusion: 'NEEDS_REAL_VALUES', stderrTail: ['Error: Invalid ORBIT_TOKEN'] }],
  });
});

test('a server that floods its output is ended, and the rest of the form stays', async () => {
  expect(await trialOf('floods')).toMatchObject({
    trials: [{ status: 'DONE', conclusion: 'DOES_NOT_START', failure: { code: 'NO_HANDSHAKE' } }],
  });
});

test('an analysis with run starts its first server by itself', async () => {
  const id = await analyze('needs-nothing', true);
  const { data } = await app.ask(token, TRIALS, { id });
  expect(data?.['analysis']).toMatchObject({ trials: [{ status: 'DONE', conclusion: 'RUNS' }] });
});

test('deletes every machine of every trial', async () => {
  await machinesGone();
  expect(await app.prisma.trial.count({ where: { machineId: { not: null } } })).toBeGreaterThan(0);
  expect(await readdir(join(app.app.dataDir, 'machines'))).toEqual([]);
});

test('refuses an analysis of another user', async () => {
  const id = await analyze('needs-nothing');
  const stranger = await app.addUser('stranger');
  const { data } = await app.ask(stranger.token, START, { input: { analysisId: id } });
  expect(data).toMatchObject({ startTrial: { code: 'NOT_FOUND' } });
});

test('counts a trial as a machine, and refuses one beyond the quota', async () => {
  const id = await analyze('needs-nothing');
  await machinesGone();
  await app.prisma.installationSettings.upsert({
    where: { id: 'installation' },
    create: { id: 'installation', machinesMax: 0 },
    update: { machinesMax: 0 },
  });
  const { data } = await app.ask(token, START, { input: { analysisId: id } });
  expect(data).toMatchObject({ startTrial: { code: 'LIMIT_REACHED' } });
});

test('ends a trial whose process is gone, and deletes its machine', async () => {
  const id = await analyze('needs-nothing');
  const row = await app.prisma.trial.create({
    data: { ownerId: app.owner.id, analysisId: id, app: 'catwalk-local', leaseUntil: new Date(0) },
  });
  const ended = await eventually('upkeep ends the trial', () =>
    app.prisma.trial.findFirst({ where: { id: row.id, status: 'FAILED', machineGoneAt: { not: null } } }),
  );
  expect(ended).toMatchObject({ failure: { message: expect.stringContaining('interrupted') } });
});
