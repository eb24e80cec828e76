/**
 * Checks the answers of the local API against Fly's own schemas. `machines-api.schema.json` is the part of Fly's
 * published OpenAPI document that describes these answers, without its descriptions.
 */
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../eventually.testing.ts';
import { standInConfig, startTestMachines, type TestMachines } from './fixtures/test-machines.ts';

const document = JSON.parse(await readFile(new URL('fixtures/machines-api.schema.json', import.meta.url), 'utf8')) as {
  $defs: Record<string, z.core.JSONSchema.BaseSchema>;
}; // a fixture of ours

const schema = (name: string) => z.fromJSONSchema({ ...document, $ref: `#/$defs/${name}` });

let machines: TestMachines;
beforeAll(async () => {
  machines = await startTestMachines();
});
afterAll(() => machines.close());

const call = (method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> =>
  new Promise((resolve, reject) => {
    const socketPath = machines.baseUrl.slice('unix:'.length);
    const outgoing = request({ socketPath, method, path: `/v1${path}` }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, json: text === '' ? undefined : JSON.parse(text) });
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });

/** Conforms but for `local_port`, the only field that is ours. */
const expectMachine = (json: unknown): { id: string; state: string; local_port: number | null } => {
  const { local_port: port, ...machine } = z.looseObject({ local_port: z.number().nullable() }).parse(json);
  expect(schema('Machine').safeParse(machine).error).toBeUndefined();
  return { ...z.object({ id: z.string(), state: z.string() }).parse(machine), local_port: port };
};

const conforms = (name: string, json: unknown): void => expect(schema(name).safeParse(json).error).toBeUndefined();

test('the schemas refuse invalid values, so that agreement means something', () => {
  expect(schema('Machine').safeParse({ id: 'a', local_port: 1 }).success).toBe(false);
  expect(schema('Machine').safeParse({ id: 'a', config: { guest: { cpus: 'one' } } }).success).toBe(false);
});

test('machines conform in every state they pass through', async () => {
  const { app } = machines;
  const root = `/apps/${app}/machines`;
  const seen = new Set<string>();
  const look = async (id: string, state: string) => {
    await eventually(`${id} is ${state}`, async () => {
      const machine = expectMachine((await call('GET', `${root}/${id}`)).json);
      seen.add(machine.state);
      return machine.state === state;
    });
  };
  const created = await call('POST', root, { name: 'a', region: 'ams', config: standInConfig({ KEY: 'value' }) });
  expect(created.status).toBe(200);
  const { id, state } = expectMachine(created.json);
  seen.add(state);
  await look(id, 'started');
  expect((await call('POST', `${root}/${id}/suspend`)).status).toBe(200);
  await look(id, 'suspended');
  expect((await call('POST', `${root}/${id}/start`)).json).toEqual({ previous_state: 'suspended' });
  await look(id, 'started');
  expectMachine((await call('POST', `${root}/${id}`, { config: standInConfig({ KEY: 'other' }) })).json);
  await look(id, 'started');
  await machines.chaos.crash(id, { oom: true });
  await look(id, 'restarting');
  expect((await call('POST', `${root}/${id}/stop`, { signal: 'SIGTERM', timeout: '1s' })).status).toBe(200);
  await look(id, 'stopped');
  const events = (await call('GET', `${root}/${id}/events?limit=50`)).json;
  conforms('ListMachineEventsResponse', events);
  conforms('ListMachineVersionsResponse', (await call('GET', `${root}/${id}/versions`)).json);
  expect((await call('DELETE', `${root}/${id}`)).status).toBe(200);
  await look(id, 'destroyed');
  for (const passed of ['created', 'started', 'suspended', 'restarting', 'stopped', 'destroyed'])
    expect(seen).toContain(passed);
});

test('lists, waits, leases, metadata and apps conform', async () => {
  const { app } = machines;
  const root = `/apps/${app}/machines`;
  const { id } = expectMachine((await call('POST', root, { name: 'b', config: standInConfig() })).json);
  const waited = await call('GET', `${root}/${id}/wait?state=started&timeout=30`);
  conforms('WaitMachineResponse', waited.json);
  for (const query of ['', '?summary=true', '?include_deleted=true']) {
    const list = z.array(z.unknown()).parse((await call('GET', `${root}${query}`)).json);
    expect(list.length).toBeGreaterThan(0);
    for (const machine of list) expectMachine(machine);
  }
  expect((await call('POST', `${root}/${id}/metadata/catwalk_release`, { value: 'r1' })).status).toBe(204);
  conforms('GetMachineMetadataResponse', (await call('GET', `${root}/${id}/metadata`)).json);
  conforms('MetadataValueResponse', (await call('GET', `${root}/${id}/metadata/catwalk_release`)).json);
  expect((await call('DELETE', `${root}/${id}/metadata/catwalk_release`)).status).toBe(204);
  const lease = await call('POST', `${root}/${id}/lease`, { ttl: 30, description: 'a test' });
  expect(lease.status).toBe(201);
  conforms('Lease', lease.json);
  expect(await call('POST', `${root}/${id}/stop`)).toMatchObject({ status: 409 });
  conforms('App', (await call('GET', `/apps/${app}`)).json);
  conforms('ListAppsResponse', (await call('GET', '/apps?org_slug=personal')).json);
  expect((await call('POST', '/apps', { name: 'other', org_slug: 'personal' })).status).toBe(201);
  expect((await call('POST', '/apps', { name: 'other', org_slug: 'personal' })).status).toBe(422);
  conforms('ListIPAssignmentsResponse', (await call('GET', '/apps/other/ip_assignments')).json);
});

test('refusals have Fly’s status codes and bodies', async () => {
  const { app } = machines;
  const root = `/apps/${app}/machines`;
  const { id } = expectMachine((await call('POST', root, { name: 'c', config: standInConfig() })).json);
  await call('GET', `${root}/${id}/wait?state=started&timeout=30`);
  const cases: [method: string, path: string, body: unknown, status: number, error: RegExp][] = [
    [
      'POST',
      root,
      { name: 'c', config: standInConfig() },
      409,
      /^already_exists: unique machine name violation, machine ID /,
    ],
    ['POST', root, { name: 'd', config: {} }, 400, /^invalid_argument: /],
    ['POST', root, { name: 'd', config: { image: 'a' } }, 400, /^invalid_argument: config.files has no /],
    ['GET', `${root}/00000000000000`, undefined, 404, /^machine not found$/],
    ['GET', '/apps/absent/machines', undefined, 404, /^app not found$/],
    ['GET', `${root}/${id}/wait?timeout=61`, undefined, 400, /value must be inside range \[1s, 1m0s\]/],
    [
      'GET',
      `${root}/${id}/wait?state=stopped&timeout=1`,
      undefined,
      408,
      /^deadline_exceeded: .*stopped, currently started$/,
    ],
    ['DELETE', `${root}/${id}`, undefined, 412, /not currently stopped, suspended, failed or created$/],
    ['GET', '/nonsense', undefined, 404, /not found/],
  ];
  for (const [method, path, body, status, error] of cases) {
    const answer = await call(method, path, body);
    expect({ path, status: answer.status }).toEqual({ path, status });
    conforms('ErrorResponse', answer.json);
    expect(answer.json).toMatchObject({ error: expect.stringMatching(error) });
  }
});

test('sends a configuration that is valid by the schema of Fly', () => {
  conforms('FlyMachineConfig', standInConfig({ KEY: 'value' }));
});
