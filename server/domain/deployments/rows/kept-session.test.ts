import { expect, test } from 'vitest';
import { parseKeptSession } from './kept-session.ts';

const SESSION = {
  id: 'one',
  principal: 'token:1',
  protocolVersion: '2025-11-25',
  initialize: '{"jsonrpc":"2.0","id":1,"method":"initialize"}',
  remembered: [['logging', '{"level":"debug"}']],
};

test('a kept session is read with the members that a newer host added', () => {
  expect(parseKeptSession({ ...SESSION, added: true })).toEqual({ ...SESSION, added: true });
});

test.each([
  ['null', null],
  ['a session without its initialize request', { ...SESSION, initialize: undefined }],
  ['a remembered message without a key', { ...SESSION, remembered: [['{"level":"debug"}']] }],
])('a kept session of another version is not given to a host: %s', (_, column) => {
  expect(parseKeptSession(column)).toBeNull();
});
