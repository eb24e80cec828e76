import { expect, test } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { HostFailureError, hostFailure } from '../failure.ts';
import { CapacityError, failureMessage, sendFailure } from './failed-call.ts';
import { HandshakeRefused } from './handshake-refused.ts';
import { envelopeOf } from './parts.testing.ts';

test('a full machine is a 503 that says when to come back', () => {
  const { response, head, body } = responseOf();
  sendFailure(response, '7', new CapacityError('Full.'));
  expect([response.statusCode, head()]).toEqual([503, expect.stringContaining('retry-after: 5')]);
  expect(JSON.parse(body())).toEqual({ jsonrpc: '2.0', id: 7, error: { code: -32000, message: 'Full.' } });
});

test('every other failure is a JSON-RPC error with status 200, and a failure of the host explains itself', () => {
  const { response, body } = responseOf();
  const failure = hostFailure('CRASHED', 'It ended.', { hint: 'Look at its log.' });
  sendFailure(response, '"x"', new HostFailureError(failure));
  expect(response.statusCode).toBe(200);
  expect(JSON.parse(body())).toMatchObject({ id: 'x', error: { message: 'It ended.', data: { code: 'CRASHED' } } });
  expect(JSON.parse(failureMessage(null, new Error('No.')))).toEqual({
    jsonrpc: '2.0',
    id: null,
    error: { code: -32000, message: 'No.' },
  });
});

test('an error with which a server refused the handshake passes on, under the id of the request', () => {
  const refused = new HandshakeRefused(envelopeOf({ id: 900, error: { code: 5, message: 'no', data: 1 } }));
  expect(failureMessage('"x"', refused)).toBe('{"jsonrpc":"2.0","id":"x","error":{"code":5,"message":"no","data":1}}');
  expect(JSON.parse(failureMessage(null, refused)).id).toBeNull();
});
