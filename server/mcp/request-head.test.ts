import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AmbiguousHeaderError, readHead, toUpstreamHeaders } from './request-head.ts';

const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/);
const value = fc.stringMatching(/^[!-~]{1,20}$/);

const PRIVATE =
  /^(host|origin|authorization|cookie|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|forwarded|content-length|mcp-session-id|catwalk-.*|x-forwarded-.*|x-real-ip|accept-encoding|fly-.*|http2-settings)$/;

test('passes every header of the caller once, except those that never may', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(token, value), { selector: ([name]) => name }), (headers) => {
      const { forward } = readHead(headers.flat());
      expect(forward).toEqual(headers.filter(([name]) => !PRIVATE.test(name)).flat());
    }),
  );
});

test.each([
  'host',
  'origin',
  'authorization',
  'cookie',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
  'forwarded',
  'content-length',
  'mcp-session-id',
  'x-real-ip',
  'x-forwarded-for',
  'accept-encoding',
  'catwalk-host-token',
  'fly-client-ip',
])('does not pass %s', (name) => {
  expect(readHead([name, '1', 'x-own', '2']).forward).toEqual(['x-own', '2']);
});

test('compares names without case', () => {
  const { forward, bearer } = readHead([
    'CATWALK-Host-Token',
    'x',
    'CookIE',
    'y',
    'AUTHORIZATION',
    'BEARER abc',
    'X-Y',
    'z',
  ]);
  expect(forward).toEqual(['x-y', 'z']);
  expect(bearer).toBe('abc');
});

test('does not pass headers that Connection names', () => {
  const { forward } = readHead([
    'X-A',
    '1',
    'Connection',
    'keep-alive, X-A',
    'X-B',
    '2',
    'Connection',
    'x-c',
    'X-C',
    '3',
  ]);
  expect(forward).toEqual(['x-b', '2']);
});

test.each(['Host', 'Origin', 'Authorization', 'Mcp-Session-Id'])('refuses a second %s', (name) => {
  expect(() => readHead([name, 'a', name.toUpperCase(), 'b'])).toThrow(AmbiguousHeaderError);
});

test.each([
  ['Bearer abc', 'abc'],
  ['bearer  abc ', 'abc'],
  ['Bearer', null],
  ['Bearer a b', null],
  ['Bearer a,b', null],
  ['Basic abc', null],
  ['', null],
])('finds in "%s" the token %s', (header, bearer) => {
  expect(readHead(['authorization', header]).bearer).toBe(bearer);
});

test('reads the headers of MCP and passes them on', () => {
  const sent = [
    'mcp-protocol-version',
    '2026-07-28',
    'mcp-method',
    'tools/call',
    'mcp-name',
    'add',
    'traceparent',
    '00',
  ];
  expect(readHead(sent)).toEqual({
    host: null,
    origin: null,
    bearer: null,
    sessionId: null,
    protocolVersion: '2026-07-28',
    mcpMethod: 'tools/call',
    mcpName: 'add',
    traceparent: '00',
    contentLength: null,
    hasBody: false,
    forward: sent,
  });
});

test('keeps host, origin and session apart from the headers that pass', () => {
  const head = readHead(['host', 'h:1', 'origin', 'https://o.example', 'mcp-session-id', 's']);
  expect(head).toMatchObject({ host: 'h:1', origin: 'https://o.example', sessionId: 's', forward: [] });
});

test.each([
  [['content-length', '12'], 12, true],
  [['content-length', '0'], 0, false],
  [['transfer-encoding', 'chunked'], null, true],
  [[], null, false],
])('finds out from %j whether there is a body', (raw, contentLength, hasBody) => {
  expect(readHead(raw)).toMatchObject({ contentLength, hasBody, forward: [] });
});

test.each(['keep-alive', 'Keep-Alive', 'close', 'Close'])('a connection that is only %s drops nothing', (value) => {
  expect(readHead(['connection', value, 'x-a', '1', 'close', '2']).forward).toEqual(['x-a', '1', 'close', '2']);
});

test('adds the headers of the machine, its token, the caller, the call and the session', () => {
  const target = { machineId: 'm1', origin: 'http://m1', headers: { 'fly-force-instance-id': 'm1' }, token: 'secret' };
  const head = readHead(['x-a', '1', 'content-length', '5']);
  expect(toUpstreamHeaders(head, target, 'token:t', 'r1', 's1')).toEqual([
    ...['x-a', '1', 'fly-force-instance-id', 'm1'],
    ...['catwalk-host-token', 'secret', 'catwalk-principal', 'token:t', 'catwalk-request-id', 'r1'],
    ...['mcp-session-id', 's1', 'content-length', '5'],
  ]);
  const named = toUpstreamHeaders(readHead(['traceparent', '00-0']), target, 'p', 'r', null, null, false, '00-1');
  expect(named.slice(0, 4)).toEqual(['traceparent', '00-1', 'catwalk-trace', '1']);
  const unnamed = toUpstreamHeaders(readHead([]), target, 'p', 'r', null, null, false, '00-1');
  expect(unnamed.slice(0, 4)).toEqual(['traceparent', '00-1', 'catwalk-trace', '1']);
  const bare = toUpstreamHeaders(readHead([]), { ...target, headers: {} }, 'token:t', 'r1', null);
  expect(bare.filter((_, i) => i % 2 === 0)).not.toContain('mcp-session-id');
  expect(bare).not.toContain('content-length');
});
