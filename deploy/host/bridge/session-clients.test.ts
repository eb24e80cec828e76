import { expect, test } from 'vitest';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { clientsOf } from './session-clients.ts';

const session = (name: string | null, principal = 'ann') => ({
  principal,
  client: undefined,
  initialize: JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: name === null ? {} : { clientInfo: { name, version: '1.2' } },
  }),
});

test('counts sessions by the name and version of their client', () => {
  expect(clientsOf([session('claude-code'), session('cursor'), session('claude-code', 'bob')])).toEqual([
    { name: 'claude-code', version: '1.2', sessions: 2 },
    { name: 'cursor', version: '1.2', sessions: 1 },
  ]);
});

test('leaves out the platform and clients without a name', () => {
  expect(clientsOf([session('catwalk', PLATFORM_PRINCIPAL), session(null)])).toEqual([]);
});

test('names 50 kinds of clients at most', () => {
  expect(clientsOf(Array.from({ length: 60 }, (_, at) => session(`client ${at}`)))).toHaveLength(50);
});
