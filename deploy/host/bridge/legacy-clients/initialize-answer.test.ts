import { expect, test } from 'vitest';
import { LEGACY_VERSIONS } from '../versions.ts';
import { initializeAnswer, negotiateLegacy, readDiscovered } from './initialize-answer.ts';

const SERVER = { name: 'orbit', version: '1' };

test('reads what a server says of itself, in its metadata or beside it', () => {
  const found = readDiscovered(
    JSON.stringify({
      capabilities: { tools: {} },
      instructions: 'Use it.',
      serverInfo: { name: 'other' },
      _meta: { 'io.modelcontextprotocol/serverInfo': SERVER },
    }),
  );
  expect(found).toEqual({ capabilities: { tools: {} }, serverInfo: SERVER, instructions: 'Use it.' });
  expect(readDiscovered(JSON.stringify({ serverInfo: SERVER })).serverInfo).toEqual(SERVER);
});

test.each([null, '[]', '{"capabilities":1,"instructions":1,"_meta":1}'])(
  'takes %j for a server that says nothing',
  (text) => {
    expect(readDiscovered(text)).toEqual({ capabilities: {}, serverInfo: undefined, instructions: null });
  },
);

test('agrees on a revision that the client asks for, or offers the newest', () => {
  for (const version of LEGACY_VERSIONS) expect(negotiateLegacy(version)).toBe(version);
  expect(negotiateLegacy('2030-01-01')).toBe('2025-11-25');
});

test('answers initialize with the capabilities that the legacy era has too', () => {
  const tasks = 'io.modelcontextprotocol/tasks';
  const answer = (capabilities: Record<string, unknown>) =>
    JSON.parse(initializeAnswer({ capabilities, serverInfo: SERVER, instructions: null }, '2025-11-25'));
  expect(answer({ tools: {} })).toEqual({
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: SERVER,
  });
  expect(answer({ tools: {}, extensions: { [tasks]: {} } }).capabilities).toEqual({ tools: {} });
  expect(answer({ extensions: { [tasks]: {}, own: {} } }).capabilities).toEqual({ extensions: { own: {} } });
  expect(answer({ extensions: 1 }).capabilities).toEqual({});
});

test('a server without a name is unknown, and instructions are passed on', () => {
  const answer = JSON.parse(
    initializeAnswer({ capabilities: {}, serverInfo: undefined, instructions: 'Use it.' }, '2025-11-25'),
  );
  expect(answer).toMatchObject({ serverInfo: { name: 'unknown', version: '0' }, instructions: 'Use it.' });
});
