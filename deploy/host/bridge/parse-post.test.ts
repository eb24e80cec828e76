import { expect, test } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { isModernHint, parsePost } from './parse-post.ts';
import { envelopeOf } from './parts.testing.ts';

const post = (text: string) => {
  const client = responseOf();
  return { parsed: parsePost(client.response, text), ...client };
};

test('reads one message with its body, on one line', () => {
  const { parsed } = post('{"jsonrpc":"2.0",\n"id":1,\r\n"method":"ping"}');
  expect(parsed?.messages.map(({ method, id }) => [method, id])).toEqual([['ping', '1']]);
  expect(parsed?.messages[0]?.text).not.toMatch(/[\r\n]/);
  expect(parsed?.body).toMatchObject({ id: 1, method: 'ping' });
});

test('reads an escaped letter as the bytes that stand for it without the escape', () => {
  const plain = Buffer.from('{"id":1,"method":"a","params":{"name":"größe"}}').toString('latin1');
  const escaped = plain.replace(/Ã¶/, String.raw`\u00f6`).replace(/Ã\u009f/, String.raw`\u00df`);
  expect(escaped).toMatch(/^[\x20-\x7e]+$/);
  expect(post(escaped).parsed?.body).toEqual(post(plain).parsed?.body);
  expect(post(escaped).parsed?.messages[0]?.text).toBe(escaped);
});

test('reads a batch, which has no body of its own', () => {
  const { parsed } = post('[{"method":"a"},{"id":2,"result":{}},{"id":"x","error":{}}]');
  expect(parsed?.messages.map(({ method }) => method)).toEqual(['a', null, null]);
  expect(parsed?.body).toBeNull();
});

test.each([
  ['{"id":1,"method":"a"}', '1'],
  ['{"id":"x","result":{}}', null],
  ['{"method":"a"}', null],
  ['[{"id":1,"method":"a"}]', null],
])('%s is refused under the id %s', (text, id) => {
  expect(post(text).parsed?.id).toBe(id);
});

test.each([
  ['{', 400, -32700],
  ['[]', 400, -32600],
  ['1', 400, -32600],
  ['[{"method":"a"},1]', 400, -32600],
  ['{"id":1}', 400, -32600],
  ['{"result":{}}', 400, -32600],
  ['{"id":1.5,"method":"a"}', 400, -32600],
  ['{"id":null,"method":"a"}', 400, -32600],
  ['[{"method":"a"},{"id":true,"method":"b"}]', 400, -32600],
])('refuses %s with %i and %i', (text, status, code) => {
  const { parsed, response, body } = post(text);
  expect(parsed).toBeNull();
  expect(response.statusCode).toBe(status);
  expect(JSON.parse(body()).error.code).toBe(code);
});

test.each([
  [{}, { method: 'server/discover' }, true],
  [{}, { method: 'tools/list' }, false],
  [{ 'mcp-protocol-version': '2026-07-28' }, { method: 'tools/list' }, true],
  [{}, { method: 'tools/list', params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '' } } }, true],
  [{ 'mcp-session-id': 's', 'mcp-protocol-version': '2025-11-25' }, { method: 'server/discover' }, false],
])('headers %j with %j may be of the stateless era: %s', (headers, message, expected) => {
  expect(isModernHint(responseOf({ headers }).request, envelopeOf(message))).toBe(expected);
});
