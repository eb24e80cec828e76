import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLocalMachines, type LocalMachines } from '../local/local-machines.ts';
import type { MachinesClient } from './calls.ts';
import { createMachinesClient } from './client.ts';
import { isNameTaken, isNotFound, isUnauthorized, MachinesError } from './errors.ts';

let dataDir: string;
let machines: LocalMachines;
const clients: MachinesClient[] = [];
let acme: MachinesClient;
let globex: MachinesClient;
let stranger: MachinesClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cw-apps-'));
  machines = await createLocalMachines({
    dataDir,
    cacheDir: join(dataDir, 'cache'),
    port: 0,
    token: 'everything',
    organizationTokens: { acme: 'acme-token', globex: 'globex-token' },
    apps: [],
  });
  const as = (token: string): MachinesClient => {
    const client = createMachinesClient({ baseUrl: machines.baseUrl, token, rateLimit: false });
    clients.push(client);
    return client;
  };
  acme = as('acme-token');
  globex = as('globex-token');
  stranger = as('no-token');
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await machines?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );
const input = { name: 'mcp', organization: 'acme', network: 'mcp', publicAddress: true };

test('a token says which organization it is for, and may list that one alone', async () => {
  expect(await acme.currentToken()).toEqual(['acme']);
  expect(await acme.listApps('acme')).toEqual([]);
  expect(isUnauthorized(await refusal(acme.listApps('globex')))).toBe(true);
  expect(isUnauthorized(await refusal(stranger.currentToken()))).toBe(true);
});

test('creates an app once, with its network and addresses, for any number of concurrent requests', async () => {
  const made = await Promise.all([acme.ensureApp(input), acme.ensureApp(input), acme.ensureApp(input)]);
  for (const app of made) expect(app).toMatchObject({ name: 'mcp', organization: 'acme', network: 'mcp' });
  expect(await acme.listApps('acme')).toHaveLength(1);
  const answer = await fetch(`${machines.baseUrl}/v1/apps/mcp/ip_assignments`, {
    headers: { authorization: 'Bearer acme-token' },
  });
  const before = (await answer.json()) as { ips: unknown[] };
  await acme.ensureApp(input);
  const again = await fetch(`${machines.baseUrl}/v1/apps/mcp/ip_assignments`, {
    headers: { authorization: 'Bearer acme-token' },
  });
  expect(before.ips.length).toBeGreaterThan(0);
  expect(await again.json()).toEqual(before);
});

test('reports an app of another organization as missing, and its name as taken', async () => {
  await acme.ensureApp(input);
  expect(await globex.findApp('mcp')).toBeNull();
  expect(isNotFound(await refusal(globex.list('mcp')))).toBe(true);
  for (const hide of [() => () => {}, () => forbidLooking()]) {
    const restore = hide();
    const error = await refusal(globex.ensureApp({ ...input, organization: 'globex' }));
    restore();
    expect(error).toBeInstanceOf(MachinesError);
    expect(error).toMatchObject({ kind: 'app-taken', message: 'The app mcp belongs to another owner on Fly.' });
    expect(isNameTaken(error)).toBe(false); // waiting would not help
  }
});

/** Fly may answer 403 instead of 404. */
const forbidLooking = () =>
  machines.faults.add({
    match: { method: 'GET', path: '/apps/mcp' },
    times: Number.POSITIVE_INFINITY,
    effect: { kind: 'answer', when: 'before', status: 403, body: { error: 'Authorize: not allowed' } },
  });
