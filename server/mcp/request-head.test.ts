import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AmbiguousHeaderError, readHead } from './request-head.ts';

const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/);
const value = fc.stringMatching(/^[!-~]{1,20}$/);

const PRIVATE =
  /^(host|origin|authorization|cookie|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|forwarded|content-length|mcp-session-id|catwalk-.*|x-forwarded-.*|x-real-ip|fly-.*|http2-settings)$/;

test('every header of the caller passes once, unless it is one of those that never may', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(token, value), { selector: ([name]) => name }), (headers) => {
      const { forward } = readHead(headers.flat());
      expect(forward).toEqual(headers.filter(([name]) => !PRIVATE.test(name)).flat());
    }),
  );
});

test('names are compared without case', () => {
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

test('what Connection names belongs to this hop', () => {
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

test.each(['Host', 'Origin', 'Authorization', 'Mcp-Session-Id'])('a second %s is refused', (name) => {
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
])('of "%s" the token is %s', (header, bearer) => {
  expect(readHead(['authorization', header]).bearer).toBe(bearer);
});
