import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Clock } from '../clock.ts';
import { buildMachineConfig } from '../machine-config.ts';
import { createMachinesClient, type MachinesClientOptions } from './client.ts';
import { isAmbiguous, isNotFound, isRateLimited, MachinesError } from './errors.ts';
import { type ObservedCall, parseBaseUrl } from './transport.ts';

type Handler = (request: IncomingMessage & { url: string; text: string }, response: ServerResponse) => void;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** Sleeps are noted and over at once. */
const fakeClock = (): Clock & { slept: number[] } => {
  const slept: number[] = [];
  let now = 0;
  return {
    slept,
    now: () => now,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
};

const setUp = async (handler: Handler, options: Partial<MachinesClientOptions> = {}) => {
  const seen: { method: string; url: string; text: string; headers: IncomingMessage['headers'] }[] = [];
  const server: Server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, text, headers });
    handler(Object.assign(request, { url, text }), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const clock = fakeClock();
  const client = createMachinesClient({
    baseUrl: `http://127.0.0.1:${port}`,
    rateLimit: false,
    clock,
    random: () => 0.5,
    ...options,
  });
  closers.push(
    async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    () => client.close(),
  );
  return { client, seen, clock };
};

const config = buildMachineConfig({
  image: 'image',
  hostConfig: { package: { runtime: 'command', command: 'true', args: [] }, args: [], env: {}, isolation: 'AUTO' },
  metadata: {},
  memoryMb: 256,
  reach: '6pn',
});
const machine = { id: 'm1', name: 'a', state: 'started' };

const rejection = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to fail.');
};

test('a base URL is a socket, or http with the version added where it is missing', () => {
  expect(parseBaseUrl('unix:/tmp/a.sock')).toMatchObject({ socketPath: '/tmp/a.sock', basePath: '/v1' });
  expect(parseBaseUrl('https://api.machines.dev')).toMatchObject({ socketPath: null, basePath: '/v1' });
  expect(parseBaseUrl('http://_api.internal:4280/v1/').basePath).toBe('/v1');
  expect(() => parseBaseUrl('ftp://example.org')).toThrow(/http, https or unix/);
});

test('reads are tried again with growing pauses, and honor Retry-After', async () => {
  let calls = 0;
  const { client, clock } = await setUp((_request, response) => {
    calls += 1;
    if (calls === 1) json(response, 503, { error: 'internal' });
    else if (calls === 2) json(response, 429, { error: 'rate limit exceeded' }, { 'retry-after': '3' });
    else json(response, 200, machine);
  });
  expect((await client.get('app', 'm1')).id).toBe('m1');
  expect(clock.slept).toEqual([250, 3_000]);
});

test('the pause before a retry doubles, and the third failure is final', async () => {
  const { client, clock, seen } = await setUp((_request, response) => json(response, 503, { error: 'internal' }));
  expect(await rejection(client.get('app', 'm1'))).toMatchObject({ kind: 'unavailable' });
  expect(clock.slept).toEqual([250, 500]);
  expect(seen).toHaveLength(3);
});

test.each([
  ['its signal and time limit', { signal: 'SIGINT', timeoutSeconds: 5 }, { signal: 'SIGINT', timeout: '5s' }],
  ['neither, so that the machine uses its own', undefined, {}],
])('a stop sends %s', async (_what, stop, body) => {
  const { client, seen } = await setUp((_request, response) => json(response, 200, { ok: true }));
  await client.stop('app', 'm1', stop);
  expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /v1/apps/app/machines/m1/stop']);
  expect(JSON.parse(seen[0]?.text ?? '')).toEqual(body);
});

test('a create is sent once, whatever happens, and says when its result is unknown', async () => {
  const { client, seen } = await setUp((_request, response) => json(response, 503, { error: 'internal' }));
  expect(isAmbiguous(await rejection(client.create('app', { name: 'a', config })))).toBe(true);
  expect(seen).toHaveLength(1);
});

test('a connection that is cut after the request was sent is ambiguous', async () => {
  const { client, seen } = await setUp((_request, response) => response.socket?.destroy());
  expect(isAmbiguous(await rejection(client.create('app', { name: 'a', config })))).toBe(true);
  expect(seen).toHaveLength(1);
});

test('a refused connection is not: nothing was sent', async () => {
  const client = createMachinesClient({ baseUrl: 'unix:/nonexistent/machines.sock', clock: fakeClock() });
  closers.push(() => client.close());
  const error = await rejection(client.create('app', { name: 'a', config }));
  expect(error).toMatchObject({ kind: 'unavailable', sent: false });
  expect(isAmbiguous(error)).toBe(false);
});

test('an API that does not answer ends with the time limit, not with patience', async () => {
  const { client, seen } = await setUp(() => {});
  const error = await rejection(client.create('app', { name: 'a', config }, { timeoutMs: 500 }));
  expect(error).toMatchObject({ kind: 'timeout', sent: true });
  expect(seen).toHaveLength(1);
});

test('a caller that gives up gets its own reason, and nothing is tried again', async () => {
  const leaving = new AbortController();
  const reason = new Error('shutting down');
  const { client, seen } = await setUp(() => leaving.abort(reason));
  expect(await rejection(client.get('app', 'm1', { signal: leaving.signal }))).toBe(reason);
  expect(seen).toHaveLength(1);
});

test('while everything fails, the retry budget keeps the load down', async () => {
  const { client, seen } = await setUp((_request, response) => json(response, 500, { error: 'internal' }));
  for (let index = 0; index < 20; index += 1) await rejection(client.get('app', 'm1'));
  expect(seen).toHaveLength(30); // 20 calls and the 10 retries that the budget holds
});

test('calls beyond Fly’s rate wait their turn on our side', async () => {
  const { client, clock } = await setUp((_request, response) => json(response, 200, { ok: true }), { rateLimit: true });
  for (let index = 0; index < 5; index += 1) await client.start('app', 'm1');
  expect(clock.slept).toEqual([1_000, 1_000]);
});

test('a queue that is too long refuses at once, without sending', async () => {
  const never: Clock = { now: () => 0, sleep: () => Promise.resolve() };
  const { client, seen } = await setUp((_request, response) => json(response, 200, { ok: true }), {
    rateLimit: true,
    clock: never,
  });
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => client.start('app', 'm1')));
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(7);
  expect(refused.every(({ reason }) => isRateLimited(reason) && !isAmbiguous(reason))).toBe(true);
  expect(seen).toHaveLength(33);
});

test('wait asks for 1 to 60 s and reports an elapsed time as not reached', async () => {
  const { client, seen } = await setUp((_request, response) =>
    json(response, 408, {
      error: 'deadline_exceeded: machine failed to reach desired state, started, currently created',
    }),
  );
  expect(await client.wait('app', 'm1', { state: 'started', timeoutSeconds: 600 })).toEqual({ reached: false });
  await client.wait('app', 'm1', { state: 'started', timeoutSeconds: 0, version: '01' });
  expect(seen.map(({ url }) => url)).toEqual([
    '/v1/apps/app/machines/m1/wait?state=started&timeout=60',
    '/v1/apps/app/machines/m1/wait?state=started&timeout=1&version=01',
  ]);
});

test('lists by metadata, states and summary', async () => {
  const { client, seen } = await setUp((_request, response) => json(response, 200, null));
  const metadata = { catwalk_installation: 'i&1', catwalk_release: 'r1' };
  expect(await client.list('app', { metadata, state: ['started', 'stopped'], summary: true })).toEqual([]);
  const query = new URL(seen[0]?.url ?? '', 'http://x').searchParams;
  expect(Object.fromEntries(query)).toEqual({
    'metadata.catwalk_installation': 'i&1',
    'metadata.catwalk_release': 'r1',
    state: 'started,stopped',
    summary: 'true',
  });
});

test('a machine that never was is null for find, an error for get, and nothing to accept for delete', async () => {
  const { client } = await setUp((_request, response) => json(response, 404, { error: 'machine not found' }));
  expect(await client.find('app', 'm1')).toBeNull();
  expect(isNotFound(await rejection(client.get('app', 'm1')))).toBe(true);
  expect(await client.delete('app', 'm1', { force: true })).toEqual({ accepted: false });
});

test('an id cannot leave its place in the path', async () => {
  const { client, seen } = await setUp((_request, response) => json(response, 200, machine));
  await client.get('app', '../../other');
  expect(seen[0]?.url).toBe('/v1/apps/app/machines/..%2F..%2Fother');
});

test('macaroons and other tokens are sent under their own scheme', async () => {
  for (const [token, sent] of [
    ['fm2_abc', 'FlyV1 fm2_abc'],
    ['abc', 'Bearer abc'],
    ['FlyV1 fm2_abc', 'FlyV1 fm2_abc'],
  ] as const) {
    const { client, seen } = await setUp((_request, response) => json(response, 200, machine), { token });
    await client.get('app', 'm1');
    expect(seen[0]?.headers.authorization).toBe(sent);
  }
});

test('an answer that is not what the API promises is an error that quotes nothing of it', async () => {
  const { client } = await setUp((_request, response) => json(response, 200, { config: { env: { KEY: 'hunter2' } } }));
  const error = await rejection(client.create('app', { name: 'a', config }));
  expect(error).toBeInstanceOf(MachinesError);
  expect(error).toMatchObject({ kind: 'bad-answer' });
  expect(isAmbiguous(error)).toBe(true);
  expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
});

test('ensureApp creates what is absent, and takes the app that another instance created first', async () => {
  let exists = false;
  const { client, seen } = await setUp((request, response) => {
    if (request.method === 'POST') {
      exists = true;
      json(response, 422, { error: 'Validation failed: Name has already been taken' });
    } else if (exists) json(response, 200, { name: 'app', organization: { slug: 'org' } });
    else json(response, 404, { error: 'app not found' });
  });
  expect(await client.ensureApp({ name: 'app', organization: 'org' })).toMatchObject({
    name: 'app',
    organization: 'org',
  });
  expect(seen.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
});

test('reports every attempt: its action without names, its outcome, and the wait for our own limit', async () => {
  const told: ObservedCall[] = [];
  const still: Clock = { now: () => 0, sleep: () => Promise.resolve() };
  const answers = [429];
  const { client } = await setUp((_request, response) => json(response, answers.shift() ?? 200, { ok: true }), {
    rateLimit: true,
    clock: still,
    observe: (call) => told.push(call),
  });
  for (const key of ['a', 'b', 'c']) await client.setMetadata('app', 'm1', key, 'x');
  expect(told.map(({ action, outcome, waitedMs }) => [action, outcome, waitedMs])).toEqual([
    ['metadata', 'rate-limited', 0],
    ['metadata', 'ok', 0],
    ['metadata', 'ok', 0],
    ['metadata', 'ok', 1_000],
  ]);

  told.length = 0;
  await Promise.allSettled(Array.from({ length: 40 }, () => client.start('app', 'm2')));
  const heldBack = told.filter(({ outcome }) => outcome === 'held-back');
  expect(heldBack).toHaveLength(7);
  expect(heldBack[0]).toEqual({ action: 'start', outcome: 'held-back', milliseconds: 0, waitedMs: 0 });
  expect(told).toHaveLength(40);
});
