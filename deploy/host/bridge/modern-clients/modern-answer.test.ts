import { expect, test } from 'vitest';
import { envelopeOf, peerOf } from '../parts.testing.ts';
import { decorate, discoverResult, modernError, serverInfoMeta } from './modern-answer.ts';

const SERVER = 'io.modelcontextprotocol/serverInfo';
const META = `"${SERVER}":{"name":"s"}`;

test('server/discover is answered from initialize, without its tasks and with its instructions', () => {
  const initialized = { protocolVersion: '2025-11-25', capabilities: { tools: {}, tasks: {} }, instructions: 'größe' };
  const wire = Buffer.from(JSON.stringify(initialized)).toString('latin1');
  expect(JSON.parse(Buffer.from(discoverResult(wire), 'latin1').toString())).toEqual({
    supportedVersions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'],
    capabilities: { tools: {} },
    instructions: 'größe',
  });
  const bare = JSON.parse(discoverResult('{"capabilities":1,"instructions":1}'));
  expect([bare.capabilities, 'instructions' in bare]).toEqual([{}, false]);
});

test.each<[string, string, string, object]>([
  ['tools/call', '{"content":[]}', META, { resultType: 'complete', _meta: { [SERVER]: { name: 's' } }, content: [] }],
  ['tools/call', '{}', '', { resultType: 'complete' }],
  ['tools/list', '{"tools":[]}', '', { resultType: 'complete', ttlMs: 0, cacheScope: 'private', tools: [] }],
  ['tools/call', '{"_meta":{"a":1}}', META, { resultType: 'complete', _meta: { [SERVER]: { name: 's' }, a: 1 } }],
  ['tools/call', '{"x":{"resultType":1,"_meta":2}}', '', { resultType: 'complete', x: { resultType: 1, _meta: 2 } }],
  ['', '{"resultType":"input_required"}', META, { _meta: { [SERVER]: { name: 's' } }, resultType: 'input_required' }],
])('a result of %s (%s) gains what the modern era demands', (method, result, meta, expected) => {
  expect(JSON.parse(decorate(method, result, meta))).toEqual(expected);
});

test('a result that is not an object stays as it is', () => {
  expect(decorate('tools/list', '[1]', META)).toBe('[1]');
});

test('the server is named once its handshake is over', () => {
  const { peer } = peerOf();
  expect(serverInfoMeta(peer)).toBe('');
  peer.initializeResult = '{"serverInfo":{"name":"s"}}';
  expect([serverInfoMeta(peer), serverInfoMeta(peer)]).toEqual([META, META]);
  const unnamed = peerOf().peer;
  unnamed.initializeResult = '{}';
  expect(serverInfoMeta(unnamed)).toBe('');
});

test.each([
  [-32002, -32602],
  [-32019, -32019],
  [-32020, -32603],
  [-32099, -32603],
  [-32100, -32100],
  [-32601, -32601],
])('the error %i of a legacy child is %i in the modern era, under the id of the client', (code, expected) => {
  const answer = envelopeOf({ id: 5, error: { code, message: 'm', data: { uri: 'x' } } });
  expect(JSON.parse(modernError(answer, '"mine"'))).toEqual({
    jsonrpc: '2.0',
    id: 'mine',
    error: { code: expected, message: 'm', data: { uri: 'x' } },
  });
});

test('a result that has all that the modern era demands stays byte for byte', () => {
  const result = '{ "resultType":"complete", "a":1 }';
  expect(decorate('tools/call', result, '')).toBe(result);
  const named = '{"resultType":"complete","_meta":{"a":1}}';
  expect(decorate('tools/call', named, '"s":2')).toBe('{"resultType":"complete","_meta":{"s":2,"a":1}}');
});
