import { expect, test } from 'vitest';
import type { EndpointAnswer } from './answer.ts';
import * as answers from './answers.ts';
import { testRoute } from './route.testing.ts';

test.each<[EndpointAnswer, number, string, number?]>([
  [answers.unknownEndpoint, 404, 'NOT_FOUND'],
  [answers.unauthorized(false), 401, 'UNAUTHENTICATED'],
  [answers.foreignHost, 403, 'FORBIDDEN'],
  [answers.foreignOrigin, 403, 'FORBIDDEN'],
  [answers.ambiguousHeader('Host'), 400, 'INVALID_INPUT'],
  [answers.wrongMethod('POST'), 405, 'INVALID_INPUT'],
  [answers.bodyTooLarge(4), 413, 'LIMIT_REACHED'],
  [answers.tooManyRequests(7), 429, 'LIMIT_REACHED', 7],
  [answers.tooManyStreams, 503, 'LIMIT_REACHED', 10],
  [answers.sessionGone, 404, 'NOT_FOUND'],
  [answers.stopped(testRoute()), 503, 'STOPPED', 60],
  [answers.deploying(testRoute()), 503, 'DEPLOYING', 5],
  [answers.failed(testRoute()), 503, 'INTERNAL', 300],
  [answers.starting(testRoute()), 503, 'STARTING', 5],
  [answers.waking(testRoute()), 503, 'WAKING', 5],
  [answers.unreachable, 502, 'MACHINE_UNREACHABLE'],
  [answers.brokenOff, 502, 'MACHINE_LOST'],
  [answers.unacceptable('no type'), 502, 'BAD_ANSWER'],
  [answers.silent, 504, 'MACHINE_SILENT'],
  [answers.internal, 500, 'INTERNAL'],
  [answers.unavailable, 503, 'UNAVAILABLE', 5],
  [answers.closing, 503, 'CLOSING', 2],
])('an answer for programs: %o', (answer, status, code, retryAfterSeconds) => {
  const { status: actual, code: word, retryAfterSeconds: seconds } = answer;
  expect({ status: actual, code: word, seconds }).toEqual({ status, code, seconds: retryAfterSeconds });
});

test('uses the code that SDKs know for a session that is gone', () => {
  expect(answers.sessionGone.rpcCode).toBe(-32001);
});

test('names the deployment, its phase and the reason of its failure', () => {
  const installing = testRoute({ phase: 'INSTALLING' });
  expect(answers.deploying(installing).message).toMatch(/“Weather”.*package is being installed \(INSTALLING\)/);
  expect(answers.deploying(testRoute()).message).toMatch(/waits for its turn\. Try again/);
  const failure = { code: 'INSTALL_FAILED', message: 'npm could not find it.' };
  expect(answers.failed(testRoute({ failure }))).toMatchObject({
    code: 'INSTALL_FAILED',
    message: expect.stringContaining('(INSTALL_FAILED): npm could not find it.'),
  });
});

test('writes one second in the singular', () => {
  expect(answers.tooManyRequests(1).message).toContain('in 1 second.');
  expect(answers.tooManyRequests(2).message).toContain('in 2 seconds.');
});

test('challenges a caller, and one with a bearer with the error of RFC 6750', () => {
  expect(answers.unauthorized(false).headers).toEqual(['www-authenticate', 'Bearer realm="Catwalk"']);
  expect(answers.unauthorized(true).headers?.[1]).toMatch(/^Bearer realm="Catwalk", error="invalid_token", /);
  expect(answers.unauthorized(true, 'Bearer x="y"').headers).toEqual(['www-authenticate', 'Bearer x="y"']);
  expect(answers.unauthorized(true).message).not.toBe(answers.unauthorized(false).message);
});
