import { describe, expect, test } from 'vitest';
import { readResponseHead } from './response-head.ts';

type Headers = Parameters<typeof readResponseHead>[1];
const JSON_TYPE = { 'content-type': 'application/json' };

const read = (headers: Headers, status = 200) => readResponseHead(status, headers, 'm1');
/** Names and values of the headers that pass. */
const passed = (headers: Headers, status = 200): [string, string][] => {
  const head = read(headers, status);
  if (!head.ok) throw new Error(head.reason);
  return head.headers.flatMap((name, i) =>
    i % 2 === 0 ? [[name, head.headers[i + 1] ?? ''] as [string, string]] : [],
  );
};

test.each<[number, Headers, string]>([
  [200, JSON_TYPE, 'json'],
  [200, { 'content-type': 'Application/JSON; charset=utf-8' }, 'json'],
  [200, { 'content-type': 'text/event-stream' }, 'stream'],
  [200, { 'content-type': 'text/event-stream;charset=utf-8' }, 'stream'],
  [202, {}, 'empty'],
  [202, { 'content-type': 'text/plain' }, 'empty'],
  [204, { 'content-type': 'text/plain' }, 'empty'],
  [205, { 'content-type': 'text/plain' }, 'empty'],
  [200, { 'content-type': 'text/plain', 'content-length': '0' }, 'empty'],
  [404, {}, 'empty'],
  [299, JSON_TYPE, 'json'],
  [400, JSON_TYPE, 'json'],
])('takes %i with %j for %s', (status, headers, kind) => {
  expect(read(headers, status)).toMatchObject({ ok: true, kind });
});

test.each<[number, Headers, RegExp]>([
  [401, JSON_TYPE, /answered 401/],
  [403, JSON_TYPE, /answered 403/],
  [407, JSON_TYPE, /answered 407/],
  [300, JSON_TYPE, /redirect \(300\)/],
  [399, JSON_TYPE, /redirect \(399\)/],
  [200, { 'content-type': 'text/html' }, /another content type/],
  [201, { 'content-type': 'text/plain' }, /another content type/],
  [200, { 'content-type': ['application/json', 'text/html'] }, /two content types/],
  [200, { ...JSON_TYPE, 'mcp-session-id': ['a', 'b'] }, /two sessions/],
])('refuses %i with %j', (status, headers, reason) => {
  expect(read(headers, status)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
});

test('reads a length, and none where it is missing', () => {
  expect(read({ ...JSON_TYPE, 'content-length': '12' })).toMatchObject({ contentLength: 12 });
  expect(read(JSON_TYPE)).toMatchObject({ contentLength: null });
});

describe('headers', () => {
  test('puts the machine in front of a session id', () => {
    expect(passed({ ...JSON_TYPE, 'mcp-session-id': 's1' })).toContainEqual(['mcp-session-id', 'm1.s1']);
  });

  test('passes what is end to end, one that is sent twice as two', () => {
    const headers = passed({ ...JSON_TYPE, 'x-a': '1', 'x-b': ['2', '3'], 'mcp-protocol-version': '2026-07-28' });
    expect(headers).toEqual([
      ['content-type', 'application/json'],
      ['x-a', '1'],
      ['x-b', '2'],
      ['x-b', '3'],
      ['mcp-protocol-version', '2026-07-28'],
      ['cache-control', 'no-store'],
    ]);
  });

  test.each([
    'connection',
    'keep-alive',
    'proxy-connection',
    'transfer-encoding',
    'te',
    'trailer',
    'upgrade',
    'set-cookie',
    'set-cookie2',
    'clear-site-data',
    'strict-transport-security',
    'public-key-pins',
    'alt-svc',
    'location',
    'content-location',
    'refresh',
    'link',
    'nel',
    'report-to',
    'reporting-endpoints',
    'expect-ct',
    'service-worker-allowed',
    'service-worker-navigation-preload',
    'origin-agent-cluster',
    'permissions-policy',
    'referrer-policy',
    'timing-allow-origin',
    'sourcemap',
    'x-sourcemap',
    'x-frame-options',
    'x-content-type-options',
    'x-dns-prefetch-control',
    'content-disposition',
    'x-request-id',
    'www-authenticate',
    'proxy-authenticate',
    'authentication-info',
    'access-control-allow-origin',
    'content-security-policy',
    'content-security-policy-report-only',
    'cross-origin-opener-policy',
    'catwalk-anything',
  ])('does not pass %s', (name) => {
    expect(passed({ ...JSON_TYPE, [name]: 'x' }).map(([one]) => one)).not.toContain(name);
  });

  test.each<[string | string[], string[]]>([
    ['keep-alive', ['x-a', 'x-b']],
    ['close', ['x-a', 'x-b']],
    ['keep-alive, X-A', ['x-b']],
    [['x-a', 'close,x-b'], []],
  ])('does not pass headers that Connection names: %j', (connection, names) => {
    const headers = passed({ ...JSON_TYPE, connection, 'x-a': '1', 'x-b': '2' });
    expect(headers.map(([name]) => name).filter((name) => name.startsWith('x-'))).toEqual(names);
  });

  test('leaves out the type of an answer without a body', () => {
    expect(passed({ 'content-type': 'text/plain' }, 202)).toEqual([['cache-control', 'no-store']]);
  });

  test('keeps streams out of caches and buffers, unless the machine decided itself', () => {
    const type = { 'content-type': 'text/event-stream' };
    expect(passed(type)).toEqual([
      ['content-type', 'text/event-stream'],
      ['cache-control', 'no-cache, no-transform'],
      ['x-accel-buffering', 'no'],
    ]);
    const own = { ...type, 'cache-control': 'no-cache', 'x-accel-buffering': 'yes' };
    expect(passed(own)).toEqual(Object.entries(own));
    const json = { ...JSON_TYPE, 'cache-control': 'private' };
    expect(passed(json)).toEqual(Object.entries(json));
  });
});
