import { expect, test } from 'vitest';
import { readProxyError } from './proxy-errors.ts';

const BEHIND_FLY = { headers: { 'fly-force-instance-id': '148e4ddc' } };

test.each([
  [404, {}, 502, undefined],
  [408, {}, 504, undefined],
  [429, { 'retry-after': '30' }, 503, 30],
  [429, { 'retry-after': '9000' }, 503, 300],
  [502, { 'content-type': 'text/html' }, 502, undefined],
  [503, {}, 503, 5],
  [503, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, 503, 5],
  [504, {}, 504, undefined],
])('turns a bare %i of the proxy with %j into a refusal', (status, headers, refused, retryAfterSeconds) => {
  const refusal = readProxyError(BEHIND_FLY, status, headers);
  expect(refusal?.status).toBe(refused);
  expect(refusal?.retryAfterSeconds).toBe(retryAfterSeconds);
});

test.each([
  ['an error that the host marked', BEHIND_FLY, 404, { 'catwalk-host': '1' }],
  [
    'an error in JSON of a host that marks none',
    BEHIND_FLY,
    404,
    { 'content-type': 'application/json; charset=utf-8' },
  ],
  ['a status with which the proxy does not answer', BEHIND_FLY, 400, {}],
  ['an answer over the private network', { headers: {} }, 503, {}],
])('leaves %s alone', (_what, target, status, headers) => {
  expect(readProxyError(target, status, headers)).toBeNull();
});
