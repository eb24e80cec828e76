import { afterEach, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import type { UsageCall } from '#server/domain/usage/recorder.ts';
import { createRig, type Rig, toolCall } from './test-rig.ts';

let rig: Rig | null = null;
afterEach(async () => {
  await rig?.close();
  rig = null;
});

const open = async (answer: string, type = 'application/json', headers: Record<string, string> = {}): Promise<Rig> => {
  rig = await createRig({
    machine: (req, res) => {
      req.resume();
      res.writeHead(200, { 'content-type': type, ...headers }).end(answer);
    },
  });
  return rig;
};

/** With its length, as the SDKs answer with JSON: the endpoint passes it on in one piece. */
const openWhole = (answer: string): Promise<Rig> =>
  open(answer, 'application/json', { 'content-length': String(Buffer.byteLength(answer)) });

const OK = '{"jsonrpc":"2.0","id":1,"result":{}}';

/** The one call that was counted. */
const counted = async (rig: Rig): Promise<UsageCall | undefined> => {
  await eventually('the call is counted', () => rig.calls.length === 1);
  return rig.calls[0];
};

test('counts a call with its tool, status, duration, bytes, token and era', async () => {
  const rig = await open(OK);
  const message = toolCall('get-weather');
  await (await rig.post(message, { 'mcp-protocol-version': '2025-11-25' })).text();
  expect(await counted(rig)).toEqual({
    deploymentId: rig.deploymentId,
    method: 'tools/call',
    tool: 'get-weather',
    status: 200,
    isError: false,
    era: 'legacy',
    translated: false,
    caller: rig.tokenId,
    tokenId: rig.tokenId,
    connectionId: null,
    cold: false,
    durationMs: expect.any(Number),
    bytesIn: JSON.stringify(message).length,
    bytesOut: OK.length,
  });
});

test('notes that a host translated a call, and does not tell the client', async () => {
  const rig = await open(OK, 'application/json', { 'catwalk-translated': '1' });
  const answer = await rig.post(toolCall('t'), { 'mcp-protocol-version': '2026-07-28' });
  await answer.text();
  expect(await counted(rig)).toMatchObject({ era: 'modern', translated: true });
  expect(answer.headers.get('catwalk-translated')).toBeNull();
});

test('names a modern call by its headers alone', async () => {
  const rig = await open(OK);
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'search' };
  await (await rig.post({ unreadable: true }, headers)).text();
  expect(await counted(rig)).toMatchObject({ method: 'tools/call', tool: 'search', era: 'modern' });
});

test('finds the tool of a large call in its first bytes, wherever the name stands', async () => {
  const rig = await open(OK);
  const big = 'x'.repeat(500_000);
  const params = { _meta: { progressToken: 7 }, name: 'upload', arguments: { name: 'not this', big } };
  await (await rig.post({ method: 'tools/call', params, jsonrpc: '2.0', id: 1 })).text();
  expect(await counted(rig)).toMatchObject({ method: 'tools/call', tool: 'upload' });
});

test.each([
  ['a JSON-RPC error', '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}', 'application/json'],
  ['a failed tool', '{"result":{"content":[],"isError":true},"jsonrpc":"2.0","id":1}', 'application/json'],
  ['a failed tool in a stream', 'event: message\ndata: {"result":{"isError":true}}\n\n', 'text/event-stream'],
])('%s with status 200 counts as an error', async (_what, answer, type) => {
  const rig = await open(answer, type);
  await (await rig.post(toolCall('t'))).text();
  expect(await counted(rig)).toMatchObject({ status: 200, isError: true });
});

test.each([
  ['a JSON-RPC error', '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}'],
  ['a failed tool', '{"result":{"content":[],"isError":true},"jsonrpc":"2.0","id":1}'],
  ['a failed tool with a long text', `{"result":{"content":[{"text":"${'x'.repeat(9_000)}"}],"isError":true},"id":1}`],
])('%s in one piece counts as an error', async (_what, answer) => {
  const rig = await openWhole(answer);
  expect(await (await rig.post(toolCall('t'))).text()).toBe(answer);
  expect(await counted(rig)).toMatchObject({ status: 200, isError: true, bytesOut: answer.length });
});

test.each([
  ['short', OK],
  ['long', `{"jsonrpc":"2.0","id":1,"result":{"content":[{"text":"${'x'.repeat(9_000)}"}]}}`],
])('a %s result in one piece is not an error', async (_what, answer) => {
  const rig = await openWhole(answer);
  await (await rig.post(toolCall('t'))).text();
  expect(await counted(rig)).toMatchObject({ status: 200, isError: false });
});

test('a result that mentions errors in a text is not an error', async () => {
  const rig = await open(
    '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"\\"error\\":{}"}],"isError":false}}',
  );
  await (await rig.post(toolCall('t'))).text();
  expect(await counted(rig)).toMatchObject({ isError: false });
});

test.each([
  ['a batch', '[{"jsonrpc":"2.0","method":"ping","id":1}]', '(batch)'],
  ['an answer to the server', '{"jsonrpc":"2.0","id":1,"result":{}}', '(response)'],
  ['text that is not JSON', 'hello', '(other)'],
  ['JSON that is not a message', '"hello"', '(other)'],
])('counts %s under a method of its own', async (_what, body, method) => {
  const rig = await open(OK);
  await (await rig.fetch({ method: 'POST', body })).text();
  expect(await counted(rig)).toMatchObject({ method, tool: '' });
});

test('distinguishes streams and ends of sessions from calls', async () => {
  const rig = await open(': hi\n\n', 'text/event-stream');
  await (await rig.fetch()).text();
  await (await rig.fetch({ method: 'DELETE' })).text();
  await eventually('both are counted', () => rig.calls.length === 2);
  expect(rig.calls.map((call) => call.method)).toEqual(['(stream)', '(end of session)']);
});

test('does not count a call that never reached a machine', async () => {
  const rig = await open(OK);
  await rig.post(toolCall('t'), { authorization: 'Bearer no' });
  await (await rig.post(toolCall('t'))).text();
  expect(await counted(rig)).toMatchObject({ status: 200 });
});
