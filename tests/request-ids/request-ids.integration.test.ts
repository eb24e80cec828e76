import { afterEach, expect, test } from 'vitest';
import { eventually, startTestHost, type TestHost } from '#deploy/host/test-rig.ts';
import { openTestApp } from '#server/compose/app.testing.ts';
import { createLog } from '#server/logging/log.ts';
import { INITIALIZE } from '#server/mcp/initialize.testing.ts';
import { createRig, HOST_TOKEN, MACHINE_ID, type Rig, toolCall } from '#server/mcp/test-rig.ts';
import type { TracedCall } from '#server/mcp/traced-call.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';

let host: TestHost | null = null;
let rig: Rig | null = null;
const traced: TracedCall[] = [];
afterEach(async () => {
  await rig?.close();
  await host?.close({ drainMs: 0 });
  traced.length = 0;
});

/** The endpoint in front of a real host with real children. */
const open = async (): Promise<{ host: TestHost; rig: Rig }> => {
  const started = await startTestHost({ token: HOST_TOKEN, isolation: 'PER_SESSION' });
  host = started;
  const current = { machineId: MACHINE_ID, origin: started.url, headers: {}, token: HOST_TOKEN };
  rig = await createRig({
    machine: (_req, res) => res.end(),
    route: { current },
    deps: { trace: (call) => traced.push(call) },
  });
  return { host: started, rig };
};

const idOf = (answer: Response): string => answer.headers.get('x-request-id') ?? 'none';

test('a call is found by one id in its answer, in our log and in the log of the host', async () => {
  const { host, rig } = await open();
  const first = await rig.post(INITIALIZE);
  await first.text();
  const session = first.headers.get('mcp-session-id') ?? '';
  const second = await rig.post(INITIALIZE, { traceparent: `00-${TRACE}-01` });
  await second.text();
  expect(idOf(second)).toBe(TRACE);
  expect(new Set([idOf(first), idOf(second), 'none']).size).toBe(3);
  const started = await eventually('the second child', async () => {
    const lines = (await host.logs()).filter((line) => line.includes('was started for call'));
    return lines.some((line) => line.includes(TRACE)) && lines;
  });
  expect(started.join()).toContain(TRACE);

  const crash = await rig.post(toolCall('crash'), { 'mcp-session-id': session });
  await crash.text();
  const ended = await eventually(
    'the line of the crash',
    async () => (await host.logs()).find((line) => line.includes('It was answering')) ?? null,
  );
  expect(ended).toContain(idOf(crash));
  expect(traced.map(({ requestId, machineId, status }) => [requestId, machineId, status])).toEqual(
    [first, second, crash].map((answer) => [idOf(answer), MACHINE_ID, 200]),
  );
});

test('an answer of our own names its request, in its head and for people who see only the body', async () => {
  const { rig } = await open();
  rig.change({ status: 'STOPPED' });
  const refused = await rig.post(INITIALIZE);
  expect(await refused.json()).toMatchObject({ error: { data: { code: 'STOPPED', requestId: idOf(refused) } } });
  expect(traced).toMatchObject([{ requestId: idOf(refused), status: 503, code: 'STOPPED', machineId: null }]);
  const foreign = await fetch(rig.url, { method: 'PUT', headers: { authorization: `Bearer ${rig.token}` } });
  expect(await foreign.json()).toMatchObject({ error: { data: { requestId: idOf(foreign) } } });
});

test("neither a caller's own names nor its token get into a line", async () => {
  const { host, rig } = await open();
  await (await rig.post(INITIALIZE)).text(); // takes the child that was started before anybody asked
  const answer = await rig.post(INITIALIZE, {
    'catwalk-request-id': 'forged-by-the-caller',
    'x-request-id': 'forged-by-the-caller',
    traceparent: '00-forged by the caller',
  });
  await answer.text();
  const lines = await eventually('the line of the start', async () => {
    const all = (await host.logs()).join('\n');
    return all.includes(idOf(answer)) && all;
  });
  expect(lines + JSON.stringify(traced)).not.toMatch(/forged/);
  expect(lines + JSON.stringify(traced)).not.toContain(rig.token);
});

test('at the level debug each call and each request of the API is a line under its id', async () => {
  const lines: Record<string, unknown>[] = [];
  const log = createLog('debug', { write: (line) => lines.push(JSON.parse(line)) });
  const app = await openTestApp({}, { log });
  const unknown = `${app.origin}/api/mcp/0b6f0a52-6f0c-4a2c-9d8e-6f5f0e3a9a11`;
  const call = await fetch(unknown, { method: 'POST', body: '{}' });
  const request = await fetch(`${app.origin}/api/nothing`, { headers: { traceparent: `00-${TRACE}-01` } });
  await Promise.all([call.text(), request.text()]);
  await app.close();
  expect(lines).toContainEqual(
    expect.objectContaining({ msg: 'call', requestId: idOf(call), status: 404, code: 'NOT_FOUND', machineId: null }),
  );
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'request', requestId: TRACE, status: 404 }));
});
