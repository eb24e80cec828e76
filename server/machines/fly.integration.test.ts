/** Several users on Fly: an app for each, reached through Fly's proxy, cleaned when a deployment is deleted. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import { createMachinesClient } from '#deploy/fly/client.ts';
import { startRegistry, type TestRegistry } from '#deploy/image/registry.testing.ts';
import { createLocalMachines, type LocalMachines } from '#deploy/local/local-machines.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { openTestApp, type TestApp } from '#server/compose/app.testing.ts';
import { minimalServer, packServer } from '#server/domain/deployments/testing/small-server.testing.ts';
import { startFlyProxy } from './fly-proxy.testing.ts';

const OPERATOR = 'fm2_operator';
const PLATFORM = 'fm2_platform';
const ACME = 'fm2_acme';
const LONG_MS = 60_000;

let dataDir: string;
let fly: LocalMachines;
let proxy: Awaited<ReturnType<typeof startFlyProxy>>;
let registry: TestRegistry;
let image: string;
/** The organizations of the repositories: each app has one. */
const organizations = new Map([['platform-mcp', 'personal']]);
let rig: TestApp;
/** Sees every organization, as only Fly does. */
let operator: MachinesClient;
type User = { id: string; token: string };
let ann: User;
let bob: User;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-fly-'));
  fly = await createLocalMachines({
    dataDir,
    cacheDir: path.join(dataDir, 'cache'),
    port: 0,
    token: OPERATOR,
    organizationTokens: { personal: PLATFORM, acme: ACME },
    apps: [],
  });
  registry = await startRegistry((name) => organizations.get(name) ?? null, { personal: PLATFORM, acme: ACME });
  image = registry.addImage('platform-mcp', ['base', 'host']);
  proxy = await startFlyProxy({ baseUrl: fly.baseUrl, token: OPERATOR });
  operator = createMachinesClient({ baseUrl: fly.baseUrl, token: OPERATOR, rateLimit: false });
  rig = await openTestApp(
    {
      MACHINES: 'fly',
      FLY_API_TOKEN: PLATFORM,
      FLY_API_BASE_URL: fly.baseUrl,
      FLY_MCP_IMAGE: `${registry.host}/platform-mcp@${image}`,
    },
    { connect: proxy.connect },
  );
  ann = await rig.addUser('ann');
  bob = await rig.addUser('bob');
});
afterAll(async () => {
  await rig?.close();
  await operator?.close();
  await proxy?.close();
  await registry?.close();
  await fly?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const ask = async (user: User, query: string, given: object = {}) => {
  const { data, errors } = await rig.ask(user.token, query, given);
  expect(errors).toBeUndefined();
  return data?.['it'] as Record<string, unknown>;
};

/** Deploys a server with one tool of this name, and waits until it runs. */
async function deploy(user: User, tool: string) {
  const spec = await packServer(dataDir, tool, minimalServer(tool));
  const candidate = {
    key: 'archive',
    displayName: tool,
    description: null,
    runtime: 'source',
    deployable: true,
    notDeployableReason: null,
    package: tool,
    version: '1.0.0',
    integrity: null,
    subfolder: null,
    runCommand: tool,
    arguments: [],
    credentials: [],
    verified: true,
    verdict: 'MCP_SERVER',
    tools: [],
    notes: null,
    spec,
    fixedArguments: [],
  };
  const analysis = await rig.prisma.analysis.create({
    data: {
      ownerId: user.id,
      source: tool,
      normalizedSource: tool,
      status: 'DONE',
      expiresAt: new Date(),
      result: { candidates: [candidate], warnings: [] } as Prisma.InputJsonObject, // plain data
    },
  });
  const made = await ask(
    user,
    `mutation ($input: DeployInput!) { it: deploy(input: $input) { ... on DeployPayload { accessToken deployment { databaseId } }
      ... on UserError { message } } }`,
    { input: { analysisId: analysis.id } },
  );
  const { databaseId: id } = made['deployment'] as { databaseId: string };
  await running(id);
  return { id, token: made['accessToken'] as string };
}

const running = (id: string) =>
  eventually(
    'it runs',
    async () => {
      const row = await rig.prisma.deployment.findUniqueOrThrow({ where: { id } });
      if (row.status === 'FAILED') throw new Error(JSON.stringify(row.failure));
      return row.status === 'RUNNING' && row.phase === null;
    },
    LONG_MS,
  );
const machineOf = (deploymentId: string) =>
  rig.prisma.machine.findFirstOrThrow({ where: { deploymentId, drainingAt: null } });
const alive = async (app: string) => (await operator.list(app)).filter(({ state }) => state !== 'destroyed').length;

async function toolsAt({ id, token }: { id: string; token: string }): Promise<string[]> {
  const client = new Client({ name: 'test', version: '1' });
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${rig.origin}/api/mcp/${id}`), { requestInit: { headers } }),
  );
  try {
    return (await client.listTools()).tools.map(({ name }) => name);
  } finally {
    await client.close();
  }
}

const remove = async (user: User, id: string) => {
  await ask(user, 'mutation ($id: ID!) { it: deleteDeployment(id: $id) { __typename } }', { id });
  await eventually(
    'its rows are gone',
    async () => (await rig.prisma.deployment.count({ where: { id } })) === 0,
    LONG_MS,
  );
};
const setToken = (user: User, flyToken: string | null) =>
  ask(
    user,
    `mutation ($input: UpdateSettingsInput!) { it: updateSettings(input: $input) { __typename
      ... on Settings { fly { source app organization } } ... on UserError { message hint } } }`,
    { input: { flyToken } },
  );

test('two users have an app each, on networks of their own, and see nothing of each other', {
  timeout: 2 * LONG_MS,
}, async () => {
  const settings = (await setToken(bob, ACME)) as { fly: { app: string } };
  expect(settings.fly).toMatchObject({ source: 'OWN', organization: 'acme' });
  organizations.set(settings.fly.app, 'acme');
  const [anns, bobs] = await Promise.all([deploy(ann, 'apple'), deploy(bob, 'berry')]);

  const [annsMachine, bobsMachine] = [await machineOf(anns.id), await machineOf(bobs.id)];
  expect(annsMachine.app).not.toBe(bobsMachine.app);
  expect(bobsMachine.app).toBe(settings.fly.app);
  for (const { app, address } of [annsMachine, bobsMachine]) expect(address).toBe(`https://${app}.fly.dev`);
  expect(await operator.findApp(annsMachine.app)).toMatchObject({ organization: 'personal', network: annsMachine.app });
  expect(await operator.findApp(bobsMachine.app)).toMatchObject({ organization: 'acme', network: bobsMachine.app });

  // Fly shows no organization the images of another: the machine image was copied, once.
  expect([...registry.repoOf(bobsMachine.app).manifests.keys()]).toContain(image);
  expect(registry.repoOf(annsMachine.app).manifests.size).toBe(0);

  expect(await toolsAt(anns)).toEqual(['apple']);
  expect(await toolsAt(bobs)).toEqual(['berry']);
  expect(new Set(proxy.called)).toEqual(new Set([annsMachine.app, bobsMachine.app]));

  const list = '{ it: deployments { edges { node { name } } } }';
  expect(await ask(bob, list)).toEqual({ edges: [{ node: { name: 'berry' } }] });
  expect(await ask(bob, `{ it: deployment(id: "${anns.id}") { name } }`)).toBeNull();

  expect(await setToken(bob, null)).toMatchObject({
    __typename: 'ConflictError',
    message: `berry runs in your Fly app ${bobsMachine.app} of acme.`,
  });
  await remove(bob, bobs.id);
  expect(await alive(bobsMachine.app)).toBe(0);
  expect(await setToken(bob, null)).toMatchObject({ fly: { source: 'PLATFORM' } });

  await remove(ann, anns.id);
  expect(await alive(annsMachine.app)).toBe(0);
});

test('a new token moves a deployment with its next release, and leaves no machine behind', {
  timeout: 2 * LONG_MS,
}, async () => {
  const { id, token } = await deploy(ann, 'cherry');
  const before = await machineOf(id);
  const { fly: own } = (await setToken(ann, ACME)) as { fly: { app: string } };
  organizations.set(own.app, 'acme');
  expect(own.app).not.toBe(before.app);
  expect(await toolsAt({ id, token })).toEqual(['cherry']); // it stays where it is

  await ask(
    ann,
    'mutation ($id: ID!) { it: updateDeployment(input: { id: $id, processor: "shared-cpu-4x" }) { __typename } }',
    {
      id,
    },
  );
  await eventually('the new release runs', async () => (await machineOf(id)).app === own.app, LONG_MS);
  await running(id);
  expect(await toolsAt({ id, token })).toEqual(['cherry']);
  expect(await alive(own.app)).toBe(1);
  // The processor is the one that was chosen, with the least memory that goes with it.
  const { machineId } = await machineOf(id);
  expect((await operator.get(own.app, machineId ?? '')).config?.guest).toEqual({
    cpuKind: 'shared',
    cpus: 4,
    memoryMb: 1024,
  });

  await remove(ann, id);
  expect([await alive(before.app), await alive(own.app)]).toEqual([0, 0]);
  await setToken(ann, null);
});

test('a revoked token fails the deploy with a hint, and a new token repairs it', {
  timeout: 2 * LONG_MS,
}, async () => {
  const { fly: own } = (await setToken(bob, ACME)) as { fly: { app: string } };
  organizations.set(own.app, 'acme');
  const refusal = { error: 'Authenticate: token validation error' };
  const restore = fly.faults.add({
    match: { path: own.app },
    times: Number.POSITIVE_INFINITY,
    effect: { kind: 'answer', when: 'before', status: 401, body: refusal },
  });
  await expect(deploy(bob, 'date')).rejects.toThrow('FLY_UNAUTHORIZED');
  const { id } = await rig.prisma.deployment.findFirstOrThrow({ where: { ownerId: bob.id } });
  const failed = `{ it: deployment(id: "${id}") { status failure { code hint } } }`;
  expect(await ask(bob, failed)).toMatchObject({
    status: 'FAILED',
    failure: { code: 'FLY_UNAUTHORIZED', hint: expect.stringContaining('token') },
  });
  restore();
  await ask(bob, 'mutation ($id: ID!) { it: startDeployment(id: $id) { __typename } }', { id });
  await running(id);
  await remove(bob, id);
  expect(await alive(own.app)).toBe(0);
  await setToken(bob, null);
});
