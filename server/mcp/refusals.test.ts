import { expect, test } from 'vitest';
import type { Refusal } from './refusal.ts';
import * as refusals from './refusals.ts';
import { testRoute } from './route.testing.ts';

test.each<[Refusal, number, string, number?]>([
  [refusals.unknownEndpoint, 404, 'NOT_FOUND'],
  [refusals.unauthorized(false), 401, 'UNAUTHENTICATED'],
  [refusals.foreignHost, 403, 'FORBIDDEN'],
  [refusals.foreignOrigin, 403, 'FORBIDDEN'],
  [refusals.ambiguousHeader('Host'), 400, 'INVALID_INPUT'],
  [refusals.wrongMethod('POST'), 405, 'INVALID_INPUT'],
  [refusals.bodyTooLarge(4), 413, 'LIMIT_REACHED'],
  [refusals.tooManyRequests(7), 429, 'LIMIT_REACHED', 7],
  [refusals.tooManyStreams, 503, 'LIMIT_REACHED', 10],
  [refusals.sessionGone, 404, 'NOT_FOUND'],
  [refusals.stopped(testRoute()), 503, 'STOPPED', 60],
  [refusals.deploying(testRoute()), 503, 'DEPLOYING', 5],
  [refusals.failed(testRoute()), 503, 'INTERNAL', 300],
  [refusals.starting(testRoute()), 503, 'STARTING', 5],
  [refusals.waking(testRoute()), 503, 'WAKING', 5],
  [refusals.unreachable, 502, 'MACHINE_UNREACHABLE'],
  [refusals.brokenOff, 502, 'MACHINE_LOST'],
  [refusals.unacceptable('no type'), 502, 'BAD_ANSWER'],
  [refusals.silent, 504, 'MACHINE_SILENT'],
  [refusals.internal, 500, 'INTERNAL'],
  [refusals.unavailable, 503, 'UNAVAILABLE', 5],
  [refusals.closing, 503, 'CLOSING', 2],
])('an answer for programs: %o', (answer, status, code, retryAfterSeconds) => {
  const { status: actual, code: word, retryAfterSeconds: seconds } = answer;
  expect({ status: actual, code: word, seconds }).toEqual({ status, code, seconds: retryAfterSeconds });
});

test('uses the code that SDKs know for a session that is gone', () => {
  expect(refusals.sessionGone.rpcCode).toBe(-32001);
});

test('names the deployment, its phase and the reason of its failure', () => {
  const installing = testRoute({ phase: 'INSTALLING' });
  expect(refusals.deploying(installing).message).toMatch(/“Weather”.*package is being installed \(INSTALLING\)/);
  expect(refusals.deploying(testRoute()).message).toMatch(/waits for its turn\. Try again/);
  const failure = { code: 'INSTALL_FAILED', message: 'npm could not find it.' };
  expect(refusals.failed(testRoute({ failure }))).toMatchObject({
    code: 'INSTALL_FAILED',
    message: expect.stringContaining('(INSTALL_FAILED): npm could not find it.'),
  });
});

test('writes one second in the singular', () => {
  expect(refusals.tooManyRequests(1).message).toContain('in 1 second.');
  expect(refusals.tooManyRequests(2).message).toContain('in 2 seconds.');
});

test('challenges a caller, and one with a bearer with the error of RFC 6750', () => {
  expect(refusals.unauthorized(false).headers).toEqual(['www-authenticate', 'Bearer realm="Catwalk"']);
  expect(refusals.unauthorized(true).headers?.[1]).toMatch(/^Bearer realm="Catwalk", error="invalid_token", /);
  expect(refusals.unauthorized(true, 'Bearer x="y"').headers).toEqual(['www-authenticate', 'Bearer x="y"']);
  expect(refusals.unauthorized(true).message).not.toBe(refusals.unauthorized(false).message);
});
