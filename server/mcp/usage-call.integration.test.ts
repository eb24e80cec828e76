import { afterEach, expect, test } from 'vitest';
import type { UsageCall } from '#server/domain/usage/recorder.ts';
import { createRig, type Rig, toolCall, until } from './test-rig.ts';

let rig: Rig | null = null;
afterEach(async () => {
  await rig?.close();
  rig = null;
});

const open = async (answer: string, type = 'application/json'): Promise<Rig> => {
  rig = await createRig({
    machine: (req, res) => {
      req.resume();
      res.writeHead(200, { 'content-type': type }).end(answer);
    },
  });
  return rig;
};

const OK = '{"jsonrpc":"2.0","id":1,"result":{}}';

/** The one call that was counted. */
const counted = async (rig: Rig): Promise<UsageCall | undefined> => {
  await until(() => rig.calls.length === 1, 'the call is counted');
  return rig.calls[0];
};

test('a call is counted with its tool, status, duration, bytes, token and era', async () => {
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
    caller: rig.tokenId,
    tokenId: rig.tokenId,
    connectionId: null,
    cold: false,
    durationMs: expect.any(Number),
    bytesIn: JSON.stringify(message).length,
    bytesOut: OK.length,
  });
});

test('a modern call is named by its headers, without a look at the body', async () => {
  const rig = await open(OK);
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'search' };
  await (await rig.post({ unreadable: true }, headers)).text();
  expect(await counted(rig)).toMatchObject({ method: 'tools/call', tool: 'search', era: 'modern' });
});

test('the tool of a large call is found by its head alone, wherever the name stands', async () => {
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

test('a result that only speaks of errors is none', async () => {
  const rig = await open(
    '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"\\"error\\":{}"}],"isError":false}}',
  );
  await (await rig.post(toolCall('t'))).text();
  expect(await counted(rig)).toMatchObject({ isError: false });
});

test.each([
  ['a batch', '[{"jsonrpc":"2.0","method":"ping","id":1}]', '(batch)'],
  ['an answer to the server', '{"jsonrpc":"2.0","id":1,"result":{}}', '(response)'],
  ['no JSON', 'hello', '(other)'],
  ['JSON that is no message', '"hello"', '(other)'],
])('%s is counted under a name of its own', async (_what, body, method) => {
  const rig = await open(OK);
  await (await rig.fetch({ method: 'POST', body })).text();
  expect(await counted(rig)).toMatchObject({ method, tool: '' });
});

test('distinguishes streams and ends of sessions from calls', async () => {
  const rig = await open(': hi\n\n', 'text/event-stream');
  await (await rig.fetch()).text();
  await (await rig.fetch({ method: 'DELETE' })).text();
  await until(() => rig.calls.length === 2, 'both are counted');
  expect(rig.calls.map((call) => call.method)).toEqual(['(stream)', '(end of session)']);
});

test('what never reached a machine is not counted as a call', async () => {
  const rig = await open(OK);
  await rig.post(toolCall('t'), { authorization: 'Bearer no' });
  await (await rig.post(toolCall('t'))).text();
  expect(await counted(rig)).toMatchObject({ status: 200 });
});
