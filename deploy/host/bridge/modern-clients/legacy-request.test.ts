import { expect, test } from 'vitest';
import { type Envelope, scan, slice } from '../json-rpc.ts';
import { legacyRequest, partsOf } from './legacy-request.ts';

const translated = (text: string, meta = ''): Envelope => {
  const request = scan(text);
  const parts = request && partsOf(request);
  if (!request || !parts) throw new Error('The request has no params.');
  return legacyRequest(request, parts, meta);
};

const META = '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}';

test('the request loses its metadata and the input of rounds, and keeps every other byte', () => {
  const { text } = translated(
    `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a", ${META},"requestState":"s","arguments":{"n": 1.0},"inputResponses":{}},"x":1}`,
  );
  expect(text).toBe(
    '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","arguments":{"n": 1.0}},"x":1}',
  );
});

test('params of metadata alone become an empty object', () => {
  expect(translated(`{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{${META}}}`).text).toBe(
    '{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{}}',
  );
});

test('what is left of the metadata stays where the metadata was', () => {
  const { text } = translated(
    `{"jsonrpc":"2.0","id":7,"method":"a","params":{"b":1,${META},"c":2}}`,
    '{"progressToken":1}',
  );
  expect(text).toBe('{"jsonrpc":"2.0","id":7,"method":"a","params":{"b":1,"_meta":{"progressToken":1},"c":2}}');
});

test.each([
  `{"jsonrpc":"2.0","id":"seven","params":{${META},"b":1},"method":"a"}`,
  `{"jsonrpc":"2.0","params":{${META},"b":1},"method":"a","id":"seven"}`,
])('id and params are found in the translated request, wherever they stand: %s', (source) => {
  const request = translated(source);
  expect([
    request.idAt && slice(request.text, request.idAt),
    request.params && slice(request.text, request.params),
  ]).toEqual(['"seven"', '{"b":1}']);
  expect(scan(request.text)).toEqual(request);
});

test('of metadata that stands there twice, none is left', () => {
  expect(translated(`{"jsonrpc":"2.0","id":7,"method":"a","params":{${META},"b":1,${META}}}`).text).toBe(
    '{"jsonrpc":"2.0","id":7,"method":"a","params":{"b":1}}',
  );
});

test.each(['{"jsonrpc":"2.0","id":7,"method":"a"}', '{"jsonrpc":"2.0","id":7,"method":"a","params":[1]}'])(
  'params that are not an object have no parts: %s',
  (text) => {
    const request = scan(text);
    expect(request && partsOf(request)).toBeNull();
  },
);
