/** Errors of Fly's proxy on the way to a machine, and the moment after a wake in which it does not know the machine. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createRig, HOST_TOKEN, MACHINE_ID, type Rig, type RigOptions, toolCall } from './test-rig.ts';

let rig: Rig | null = null;
afterEach(async () => {
  await rig?.close();
  rig = null;
});

const looks: string[] = [];

async function openBehindFly(machine: RigOptions['machine'], status: 'RUNNING' | 'ASLEEP'): Promise<Rig> {
  looks.length = 0;
  rig = await createRig({
    machine,
    deps: {
      look: async (id) => void looks.push(id),
      wake: async () => rig?.change({ status: 'RUNNING' }),
    },
  });
  rig.change({ status, current: { ...rig.target, headers: { 'fly-force-instance-id': MACHINE_ID } } });
  return rig;
}

const bare = (status: number) => (req: IncomingMessage, res: ServerResponse) => {
  req.resume();
  res.writeHead(status, { server: 'Fly/1', via: '1.1 fly.io' }).end();
};

test.each([502, 503, 504, 408, 429, 404])('answers a bare %i of the proxy with a JSON-RPC error', async (status) => {
  const { post, calls, deploymentId } = await openBehindFly(bare(status), 'RUNNING');
  const answer = await post(toolCall('add', 7));
  expect(answer.status).toBeGreaterThanOrEqual(502);
  expect(await answer.json()).toMatchObject({ id: 7, error: { data: { code: expect.stringMatching(/^MACHINE_/) } } });
  expect(calls).toMatchObject([{ isError: true }]);
  expect(looks).toEqual([deploymentId]);
});

test('passes on an error that the host marked', async () => {
  const { post } = await openBehindFly((req, res) => {
    req.resume();
    res.writeHead(404, { 'catwalk-host': '1', 'content-type': 'application/json' });
    res.end('{"jsonrpc":"2.0","id":7,"error":{"code":-32001,"message":"Session not found"}}');
  }, 'RUNNING');
  const answer = await post(toolCall('add', 7));
  expect([answer.status, answer.headers.get('catwalk-host')]).toEqual([404, null]);
  expect(looks).toEqual([]);
});

test('holds a call after a wake until the machine answers a look, and sends it once', async () => {
  const seen: string[] = [];
  let refusals = 3;
  const { post } = await openBehindFly((req, res) => {
    seen.push(`${req.method} ${req.url} ${req.headers['catwalk-host-token'] === HOST_TOKEN}`);
    if (refusals > 0) {
      refusals -= 1;
      bare(503)(req, res);
      return;
    }
    req.resume();
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(req.url === '/status' ? '{}' : '{"jsonrpc":"2.0","id":7,"result":{}}');
  }, 'ASLEEP');
  const answers = await Promise.all([post(toolCall('add', 7)), post(toolCall('add', 7))]);
  for (const answer of answers) expect(await answer.json()).toEqual({ jsonrpc: '2.0', id: 7, result: {} });
  const look = 'GET /status true';
  expect(seen).toEqual([look, look, look, look, 'POST /mcp true', 'POST /mcp true']);
});
