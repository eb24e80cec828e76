import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../clock.ts';
import { buildMachineConfig } from '../machine-config.ts';
import { createMachinesClient } from './client.ts';
import { isNotFound, isRetryable, isUnauthorized } from './errors.ts';

type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

const APP = { name: 'app', organization: { slug: 'org' } };
const config = buildMachineConfig({
  image: 'image',
  hostConfig: { package: { runtime: 'command', command: 'true', args: [] }, args: [], env: {}, isolation: 'AUTO' },
  metadata: {},
  memoryMb: 256,
  reach: '6pn',
});

/** A server for one test that answers with what `answer` returns, and a client whose clock moves only by its sleeps. */
async function setUp(answer: (request: IncomingMessage & { url: string }) => Answer) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.push(request);
    request.resume();
    const { status, body, headers } = answer(Object.assign(request, { url: request.url ?? '' }));
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let now = 0;
  const clock: Clock = {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const client = createMachinesClient({
    baseUrl: `http://127.0.0.1:${port}`,
    rateLimit: false,
    clock,
    random: () => 0.5,
  });
  onTestFinished(async () => {
    await client.close();
    await new Promise((resolve) => server.close(resolve));
  });
  const pass = (milliseconds: number): void => {
    now += milliseconds;
  };
  return { client, requests, pass, now: clock.now };
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

test('a new app is waited for until every part of Fly knows it', async () => {
  let created = false;
  const early: number[] = [404, 401, 404];
  const addresses: string[] = [];
  const { client, requests } = await setUp(({ method, url }) => {
    if (method === 'POST' && url.startsWith('/v1/apps?')) {
      created = true;
      return { status: 201 };
    }
    if (!created) return { status: 404, body: { error: 'app not found' } };
    const status = early.shift();
    if (status !== undefined) return { status, body: { error: 'not known here' } };
    if (url === '/v1/apps/app') return { status: 200, body: APP };
    if (method === 'POST') addresses.push(url);
    return { status: 200, body: { ips: [] } };
  });
  const app = await client.ensureApp({ name: 'app', organization: 'org', network: 'app', publicAddress: true });
  expect(app).toMatchObject({ name: 'app', organization: 'org' });
  expect(requests.find(({ method }) => method === 'POST')?.url).toBe('/v1/apps?wait=true');
  expect(addresses).toEqual(['/v1/apps/app/ip_assignments', '/v1/apps/app/ip_assignments']);
});

test('an app that stays invisible for a minute is an error that may be tried again', async () => {
  const { client, now } = await setUp(({ method }) => ({ status: method === 'POST' ? 201 : 404 }));
  const error = await rejection(client.ensureApp({ name: 'app', organization: 'org' }));
  expect(error).toMatchObject({ kind: 'not-yet' });
  expect(isRetryable(error)).toBe(true);
  expect(now()).toBeGreaterThanOrEqual(60_000);
  expect(now()).toBeLessThan(70_000);
});

test('treats a refusal of a new app as temporary for two minutes, and as final afterwards', async () => {
  let created = false;
  let refusal = 401;
  const { client, pass } = await setUp(({ method, url }) => {
    if (url.startsWith('/v1/apps/app/machines')) return { status: refusal, body: { error: 'refused' } };
    if (method === 'POST') created = true;
    return created ? { status: 200, body: APP } : { status: 404 };
  });
  await client.ensureApp({ name: 'app', organization: 'org' });
  for (refusal of [401, 404]) {
    const error = await rejection(client.create('app', { name: 'm', config }));
    expect(error).toMatchObject({ kind: 'not-yet', status: refusal });
    expect(isRetryable(error)).toBe(true);
  }
  expect(await rejection(client.find('app', 'm1'))).toMatchObject({ kind: 'not-yet' });
  pass(120_000);
  expect(isNotFound(await rejection(client.create('app', { name: 'm', config })))).toBe(true);
  refusal = 401;
  expect(isUnauthorized(await rejection(client.create('app', { name: 'm', config })))).toBe(true);
});

test('a refusal of a new app is a verdict once a machine was created in it', async () => {
  let created = false;
  let status = 200;
  const { client } = await setUp(({ method, url }) => {
    if (url.startsWith('/v1/apps/app/machines')) return { status, body: { id: 'm1', name: 'm', state: 'created' } };
    if (method === 'POST') created = true;
    return created ? { status: 200, body: APP } : { status: 404 };
  });
  await client.ensureApp({ name: 'app', organization: 'org' });
  await client.create('app', { name: 'm', config });
  status = 401;
  expect(isUnauthorized(await rejection(client.create('app', { name: 'n', config })))).toBe(true);
});

test('a refusal of an app that existed before is a verdict at once', async () => {
  const { client } = await setUp(({ url }) => (url === '/v1/apps/app' ? { status: 200, body: APP } : { status: 401 }));
  await client.ensureApp({ name: 'app', organization: 'org' });
  expect(isUnauthorized(await rejection(client.create('app', { name: 'm', config })))).toBe(true);
});

test('an address that an interrupted call left out is assigned', async () => {
  const bodies: string[] = [];
  const { client } = await setUp((request) => {
    if (request.method === 'POST') request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
    if (request.url === '/v1/apps/app') return { status: 200, body: APP };
    return { status: 200, body: { ips: [{ ip: '198.51.100.1', shared: true }] } };
  });
  await client.ensureApp({ name: 'app', organization: 'org', publicAddress: true });
  expect(bodies.map((body) => JSON.parse(body))).toEqual([{ type: 'v6' }]);
});

test('calls about an app carry its affinity cookie, and calls about another app do not', async () => {
  const { client, requests } = await setUp(({ url }) => ({
    status: 200,
    body: [],
    ...(url.includes('/apps/one/') && {
      headers: { 'set-cookie': 'fly_flaps_affinity=node7; Path=/v1/apps/one; Max-Age=60; HttpOnly' },
    }),
  }));
  for (const app of ['one', 'one', 'two']) await client.list(app);
  expect(requests.map(({ headers }) => headers.cookie)).toEqual([undefined, 'fly_flaps_affinity=node7', undefined]);
});
