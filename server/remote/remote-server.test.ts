import { expect, test } from 'vitest';
import { headersFrom } from './remote-server.ts';

const AUTHORIZATION = [{ name: 'Authorization', variable: 'AUTHORIZATION' }];

test.each([
  ['token', 'Bearer token'],
  [' token ', 'Bearer token'],
  ['Bearer token', 'Bearer token'],
  ['Basic dXNlcjpwYXNz', 'Basic dXNlcjpwYXNz'],
])('sends the value %j as the header %j', (value, header) => {
  expect(headersFrom(AUTHORIZATION, { AUTHORIZATION: value })).toEqual({ authorization: header });
});

test('leaves out headers without a value, and values that would begin another header', () => {
  const headers = [...AUTHORIZATION, { name: 'X-Key', variable: 'X_KEY' }, { name: 'Bad Name', variable: 'BAD' }];
  expect(headersFrom(headers, { X_KEY: 'a\r\nHost: b', BAD: 'x' })).toEqual({});
  expect(headersFrom(headers, { X_KEY: 'fine' })).toEqual({ 'x-key': 'fine' });
});
