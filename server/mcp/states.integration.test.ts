import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { DEFAULT_EXCHANGE_CAPS } from './open-exchanges.ts';
import { createRig, HOST_TOKEN, listen, MACHINE_ID, type Rig, type RigOptions, toolCall } from './test-rig.ts';

let rig: Rig | null = null;
const open = async (options: Partial<RigOptions> = {}): Promise<Rig> => {
  rig = await createRig({ machine: answerEmpty, ...options });
  return rig;
};
afterEach(async () => {
  await rig?.close();
  rig = null;
});

const answerEmpty = (req: IncomingMessage, res: ServerResponse) => {
  req.resume();
  res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
};

test('while no release serves: 503 with the phase', async () => {
  const rig = await open({ route: { status: 'DEPLOYING', phase: 'INSTALLING' } });
  const response = await rig.post(toolCall('t'));
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  const message =
    'The MCP server “Weather” is still being deployed: its package is being installed (INSTALLING). Try again in a moment.';
  expect(await response.json()).toMatchObject({ error: { message } });
});

test('failed: 503 with the code and the reason', async () => {
  const failure = { code: 'MISSING_CREDENTIAL', message: 'The server wants API_KEY.' };
  const rig = await open({ route: { status: 'FAILED', failure } });
  const response = await rig.post(toolCall('t'));
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    error: { message: expect.stringContaining('The server wants API_KEY.'), data: { code: 'MISSING_CREDENTIAL' } },
  });
});

test('stopped: 503 with Retry-After and a sentence', async () => {
  const rig = await open({ route: { status: 'STOPPED' } });
  const response = await rig.post(toolCall('t'));
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('60');
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('is stopped') } });
});

test('reveals nothing of a deployment to a caller without access', async () => {
  const rig = await open({ route: { status: 'FAILED', failure: { code: 'CRASHED', message: 'secret detail' } } });
  const response = await rig.post(toolCall('t'), { authorization: 'Bearer no' });
  expect(response.status).toBe(401);
  expect(await response.text()).not.toMatch(/secret detail|Weather/);
});

test('a stopped, moved or deleted machine is noticed with the event', async () => {
  const elsewhere = await listen((req, res) => {
    req.resume();
    res.writeHead(200, { 'content-type': 'application/json' }).end('{"moved":true}');
  });
  const rig = await open();
  expect(await (await rig.post(toolCall('t'))).json()).toEqual({});
  rig.change({ current: { ...rig.target, machineId: 'other', origin: elsewhere.origin } });
  expect(await (await rig.post(toolCall('t'))).json()).toEqual({ moved: true });
  rig.change({ status: 'STOPPED' });
  expect((await rig.post(toolCall('t'))).status).toBe(503);
  rig.remove();
  expect((await rig.post(toolCall('t'))).status).toBe(404);
  await elsewhere.close();
});

test('a session goes to its own machine: the current one, a draining one for ten minutes, else 404', async () => {
  const old = await listen((req, res) => {
    req.resume();
    const body = JSON.stringify({ old: req.headers['mcp-session-id'] });
    res.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  const rig = await open();
  const drainingSinceMs = Date.now();
  rig.change({
    draining: [{ machineId: 'old', origin: old.origin, headers: {}, token: HOST_TOKEN, drainingSinceMs }],
  });
  const ask = (session: string) => rig.post(toolCall('t'), { 'mcp-session-id': session });
  expect(await (await ask(`${MACHINE_ID}.s1`)).json()).toEqual({});
  expect(await (await ask('old.s2')).json()).toEqual({ old: 's2' });
  for (const session of ['gone.s3', 's4', '.s5', 'old.', '__proto__.x']) {
    const lost = await ask(session);
    expect(lost.status).toBe(404);
    expect(await lost.json()).toMatchObject({ error: { code: -32001 } });
  }
  rig.passTime(10 * 60_000 + 1);
  expect((await ask('old.s2')).status).toBe(404);
  await old.close();
});

test('a sleeping machine is woken once for many callers, who are held until it answers', async () => {
  let woken = 0;
  const rig = await open({
    route: { status: 'ASLEEP' },
    deps: {
      wake: async () => {
        woken += 1;
      },
    },
  });
  let arrived = 0;
  rig.front.server.on('request', () => {
    arrived += 1;
  });
  const calls = Array.from({ length: 20 }, (_, i) => rig.post(toolCall('t', i)));
  await eventually('all are held and one wake is requested', () => arrived === 20 && woken === 1);
  rig.change({ status: 'RUNNING' });
  for (const call of calls) expect((await call).status).toBe(200);
  expect(woken).toBe(1);
  await eventually('all are counted', () => rig.calls.length === 20);
  expect(rig.calls.every((call) => call.cold)).toBe(true);
});

test('asks callers to come back when too many wait for a wake', async () => {
  const rig = await open({
    route: { status: 'ASLEEP' },
    deps: { caps: { ...DEFAULT_EXCHANGE_CAPS, perDeployment: 2 } },
  });
  let arrived = 0;
  rig.front.server.on('request', () => {
    arrived += 1;
  });
  await rig.routes.resolve(rig.deploymentId);
  const held = [rig.post(toolCall('t', 1)), rig.post(toolCall('t', 2))];
  await eventually('two are held', () => arrived === 2);
  expect((await rig.post(toolCall('t', 3))).status).toBe(503);
  rig.change({ status: 'RUNNING' });
  for (const call of held) expect((await call).status).toBe(200);
});

test('callers of one network hold no more waits for a wake than streams', async () => {
  const rig = await open({
    route: { status: 'ASLEEP', access: 'PUBLIC' },
    deps: { caps: { ...DEFAULT_EXCHANGE_CAPS, perNetwork: 1 } },
  });
  const stranger = { authorization: 'Bearer of-nobody' };
  let arrived = 0;
  rig.front.server.on('request', () => {
    arrived += 1;
  });
  await rig.routes.resolve(rig.deploymentId);
  const held = rig.post(toolCall('t', 1), stranger);
  await eventually('one is held', () => arrived === 1);
  expect((await rig.post(toolCall('t', 2), stranger)).status).toBe(503);
  rig.change({ status: 'RUNNING' });
  expect((await held).status).toBe(200);
});

test('a wake that takes too long is 503 with Retry-After, and goes on', async () => {
  const rig = await open({ route: { status: 'ASLEEP' }, deps: { wakeHoldMsMax: 50 } });
  const response = await rig.post(toolCall('t'));
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect(await response.json()).toMatchObject({ error: { data: { code: 'WAKING' } } });
  rig.change({ status: 'RUNNING' });
  expect((await rig.post(toolCall('t'))).status).toBe(200);
});

test('a token that is revoked while the machine wakes up does not get through', async () => {
  const rig = await open({ route: { status: 'ASLEEP' } });
  const call = rig.post(toolCall('t'));
  await eventually('the caller is held', () => rig.routes.peek(rig.deploymentId)?.status === 'ASLEEP');
  rig.change({ status: 'RUNNING', tokens: [] });
  expect((await call).status).toBe(401);
});

test('a wake that cannot even be asked for is an error that is heard of, not a hang', async () => {
  const rig = await open({
    route: { status: 'ASLEEP' },
    deps: {
      wake: async () => {
        throw new Error('no database');
      },
    },
  });
  expect((await rig.post(toolCall('t'))).status).toBe(500);
  expect(rig.errors).toHaveLength(1);
});

test('idle sockets to a machine that sleeps, moved or went are closed with the event, on others they stay', async () => {
  let connected = 0;
  const rig = await open();
  rig.machine.server.keepAliveTimeout = 0; // it closes none by itself
  rig.machine.server.on('connection', (socket) => {
    connected += 1;
    socket.on('close', () => {
      connected -= 1;
    });
  });
  const changes: (() => void)[] = [
    () => rig.change({ status: 'ASLEEP', current: null }),
    () => rig.change({ current: { ...rig.target, machineId: 'other', origin: 'http://127.0.0.1:9' } }),
    () => rig.remove(),
  ];
  for (const leave of changes) {
    rig.change({ status: 'RUNNING', current: rig.target });
    expect((await rig.post(toolCall('t'))).status).toBe(200);
    rig.change({ status: 'UNHEALTHY' });
    expect((await rig.post(toolCall('t'))).status).toBe(200);
    expect(connected).toBe(1);
    leave();
    await eventually('the socket is closed', () => connected === 0);
  }
});

test('closing ends what is under way and refuses the rest with a time to come back', async () => {
  const opened: ServerResponse[] = [];
  const rig = await open({
    machine: (req, res) => {
      req.resume();
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      opened.push(res);
    },
  });
  const call = await rig.post(toolCall('t', 9));
  await rig.endpoint.close();
  expect(await call.text()).toContain('"id":9,"error"');
  const refused = await rig.post(toolCall('t'));
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('2');
});

test('the old SSE transport: messages go below the endpoint, to the machine that holds the session', async () => {
  const seen: string[] = [];
  const rig = await open({
    machine: (req, res) => {
      seen.push(`${req.method} ${req.url}`);
      req.resume();
      if (req.method === 'POST') {
        res.writeHead(202).end();
        return;
      }
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(': hello\n\nevent: endpoint\nda');
      setImmediate(() => res.end('ta: https://evil.test/steal?sessionId=abc\n\nevent: message\ndata: {}\n\n'));
    },
  });
  const stream = await (await rig.fetch({ path: '/sse' })).text();
  const endpoint = `messages?sessionId=${MACHINE_ID}.abc`;
  expect(stream).toBe(`: hello\n\nevent: endpoint\ndata: ${endpoint}\n\nevent: message\ndata: {}\n\n`);
  const url = new URL(endpoint, `${rig.url}/sse`);
  expect(url.href).toBe(`${rig.url}/messages?sessionId=${MACHINE_ID}.abc`);
  const headers = { authorization: `Bearer ${rig.token}` };
  expect((await fetch(url, { method: 'POST', headers, body: '{}' })).status).toBe(202);
  expect(seen).toEqual(['GET /sse', 'POST /messages?sessionId=abc']);
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
  const lost = new URL('messages?sessionId=gone.abc', `${rig.url}/sse`);
  expect((await fetch(lost, { method: 'POST', headers, body: '{}' })).status).toBe(404);
});
