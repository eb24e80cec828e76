import { expect, test } from 'vitest';
import { EVENT_STREAM_HEADER } from '../header-contract.ts';
import { openBridge, settle } from './whole-bridge.testing.ts';
import { LEGACY } from './whole-bridge-answers.testing.ts';

const INITIALIZE = { id: 0, method: 'initialize', params: { protocolVersion: '2024-11-05', capabilities: {} } };

const open = async (options: Parameters<typeof openBridge>[0] = {}) => {
  const bridge = openBridge(options);
  const stream = await bridge.sse();
  await bridge.message(stream.id, INITIALIZE);
  return { bridge, stream };
};

test('the stream names its own address, and carries the answer to initialize and to calls', async () => {
  const { bridge, stream } = await open();
  expect([stream.status(), stream.header('content-type')]).toEqual([200, 'text/event-stream']);
  expect(stream.body().startsWith(`event: endpoint\ndata: messages?sessionId=${stream.id}\n\n`)).toBe(true);
  expect(stream.events()).toMatchObject([{ id: 0, result: { serverInfo: { name: 's' } } }]);
  const accepted = await bridge.message(stream.id, { id: 1, method: 'tools/call', params: {} });
  expect([accepted.status(), accepted.body()]).toEqual([202, '']);
  bridge.child().reply('tools/call', { result: { content: [] } });
  expect(stream.events().at(-1)).toEqual({ jsonrpc: '2.0', id: 1, result: { content: [] } });
  expect(stream.body()).toContain('\nevent: message\ndata: {');
  expect(bridge.bridge.sessionCount).toBe(1);
});

test('progress of a call comes in the stream, with no line break of JSON in it', async () => {
  const { bridge, stream } = await open();
  await bridge.message(stream.id, { id: 1, method: 'tools/call', params: { _meta: { progressToken: 'p' } } });
  bridge.child().say({ method: 'notifications/progress', params: { progressToken: 1 } });
  const token = bridge.child().ofMethod('tools/call')[0]?.['id'];
  bridge.child().say({ method: 'notifications/progress', params: { progressToken: token } });
  expect(stream.events().at(-1)).toMatchObject({ params: { progressToken: 'p' } });
  expect(stream.body()).not.toContain('\r');
});

test('a message to a stream that does not exist, or is of another principal, is refused under its id', async () => {
  const { bridge, stream } = await open();
  const before = stream.body();
  for (const [id, principal] of [
    ['gone', 'a'],
    [null, 'a'],
    [stream.id, 'b'],
  ] as const) {
    const refused = await bridge.message(id, { id: 7, method: 'ping' }, principal);
    expect([refused.status(), refused.json()]).toMatchObject([404, { id: 7, error: { code: -32001 } }]);
  }
  expect(stream.body()).toBe(before);
});

test('a call before initialize gets an error in the stream, and other messages are dropped', async () => {
  const bridge = openBridge();
  const stream = await bridge.sse();
  await bridge.message(stream.id, { method: 'notifications/initialized' });
  expect(stream.events()).toEqual([]);
  await bridge.message(stream.id, { id: 1, method: 'tools/list' });
  expect(stream.events()).toMatchObject([{ id: 1, error: { message: 'Send initialize first.' } }]);
  expect(bridge.children).toEqual([]);
});

test('notifications and answers reach the child', async () => {
  const { bridge, stream } = await open();
  await bridge.message(stream.id, { method: 'notifications/initialized' });
  bridge.child().say({ id: 'q', method: 'roots/list' });
  const question = stream.events().at(-1);
  expect(question).toMatchObject({ id: 1, method: 'roots/list' });
  await bridge.message(stream.id, { id: 1, result: { roots: [] } });
  expect(bridge.child().received.at(-1)).toEqual({ jsonrpc: '2.0', id: 'q', result: { roots: [] } });
  expect(bridge.child().methods()).toContain('notifications/initialized');
});

test('the session ends with its stream', async () => {
  const { bridge, stream } = await open({ isolation: 'PER_SESSION' });
  await bridge.message(stream.id, { id: 1, method: 'tools/call', params: {} });
  stream.leave();
  await settle();
  expect([bridge.bridge.sessionCount, bridge.child().stops()]).toEqual([0, 1]);
  const written = stream.body();
  bridge.child().reply('tools/call', { result: {} });
  expect(stream.body()).toBe(written);
  expect((await bridge.message(stream.id, { id: 2, method: 'ping' })).status()).toBe(404);
});

test('a session whose client left while its child started is ended', async () => {
  const waiting = Promise.withResolvers<void>();
  const { bridge, stream } = await open({ isolation: 'PER_SESSION', pool: { makeRoom: () => waiting.promise } });
  stream.leave();
  waiting.resolve();
  await settle();
  expect([bridge.bridge.sessionCount, bridge.child().stops()]).toEqual([0, 1]);
});

test('a server that cannot be started is reported in the stream, for initialize and for calls', async () => {
  const answers = { ...LEGACY, initialize: { error: { code: -1, message: 'no' } } };
  const { bridge, stream } = await open({ answers });
  expect(stream.events()).toMatchObject([{ id: 0, error: { code: -1, message: 'no' } }]);
  expect(bridge.bridge.sessionCount).toBe(0);

  let isFull = false;
  const other = await open({
    pool: { makeRoom: () => (isFull ? Promise.reject(new Error('full')) : Promise.resolve()) },
  });
  isFull = true;
  other.bridge.child().end({ requested: true });
  await other.bridge.message(other.stream.id, { id: 1, method: 'ping' });
  expect(other.stream.events().at(-1)).toMatchObject({ id: 1, error: { message: 'full' } });
});

test('a stream with a session is not closed for having sent nothing, and its session is used by its calls', async () => {
  const { bridge, stream } = await open();
  bridge.clock.now = 29 * 60_000;
  await bridge.message(stream.id, { id: 1, method: 'ping' });
  bridge.clock.now = 31 * 60_000;
  bridge.bridge.tick();
  expect([stream.isOver(), bridge.bridge.sessionCount]).toEqual([false, 1]);
});

const CALL = { id: 1, method: 'tools/call', params: {} };
const comeBack = ({ bridge, stream }: Awaited<ReturnType<typeof open>>, principal = 'a') =>
  bridge.sse(principal, { [EVENT_STREAM_HEADER]: stream.id });

test('a session whose machine slept outlives its stream, and what was sent meanwhile follows on the next one', async () => {
  const opened = await open();
  const { bridge, stream } = opened;
  expect(bridge.bridge.work).toBe(0);
  expect(bridge.bridge.park()).toMatchObject([{ connection: stream.id, protocolVersion: '2025-11-25' }]);
  await bridge.message(stream.id, CALL);
  // The other end of the first stream is gone, and the host has not noticed.
  bridge.child().reply('tools/call', { result: { content: [] } });
  stream.leave();
  bridge.child().say({ method: 'notifications/tools/list_changed' });
  expect(bridge.bridge.sessionCount).toBe(1);
  const again = await comeBack(opened);
  expect([again.status(), again.header(EVENT_STREAM_HEADER)]).toEqual([200, stream.id]);
  expect(again.body()).not.toContain('event: endpoint');
  expect(again.events()).toMatchObject([{ id: 1, result: {} }, { method: 'notifications/tools/list_changed' }]);
  bridge.child().say({ method: 'notifications/prompts/list_changed' });
  expect(again.events()).toHaveLength(3);
  again.leave();
  expect(bridge.bridge.sessionCount).toBe(0);
});

test('the late end of a stream does not end the session of the stream that took its place', async () => {
  const opened = await open();
  opened.bridge.bridge.park();
  const again = await comeBack(opened);
  opened.stream.leave();
  await opened.bridge.message(opened.stream.id, CALL);
  opened.bridge.child().reply('tools/call', { result: {} });
  expect(again.events()).toMatchObject([{ id: 1 }]);
});

test('a connection comes back to its own principal alone, and not after its session has ended', async () => {
  const opened = await open();
  const { bridge, stream } = opened;
  bridge.bridge.park();
  expect((await comeBack(opened, 'b')).status()).toBe(404);
  stream.leave();
  bridge.clock.now = 31 * 60_000;
  bridge.bridge.tick();
  expect([bridge.bridge.sessionCount, (await comeBack(opened)).status()]).toEqual([0, 404]);
  expect((await bridge.message(stream.id, CALL)).status()).toBe(404);
});

test('a host that starts cold takes a connection over, with its session', async () => {
  const { bridge, stream } = await open();
  await bridge.message(stream.id, { id: 1, method: 'logging/setLevel', params: { level: 'error' } });
  const other = openBridge();
  other.bridge.carry(bridge.bridge.park());
  const again = await comeBack({ bridge: other, stream });
  await other.message(stream.id, CALL);
  expect(other.child().methods()).toContain('logging/setLevel');
  other.child().reply('tools/call', { result: {} });
  expect(again.events()).toMatchObject([{ id: 1, result: {} }]);
});

test('above the number of sessions the longest unused one gives way', async () => {
  const bridge = openBridge({ bridge: { limits: { sessionsMax: 1 } } });
  const client = await bridge.connect();
  const stream = await bridge.sse();
  await bridge.message(stream.id, INITIALIZE);
  expect(bridge.bridge.sessionCount).toBe(1);
  expect((await client.post({ id: 1, method: 'ping' })).status()).toBe(404);
});
