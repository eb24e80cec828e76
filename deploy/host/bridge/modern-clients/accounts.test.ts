import { expect, test } from 'vitest';
import { createAccounts } from './accounts.ts';

const PREFIX = 'io.modelcontextprotocol/';
const meta = (members: Record<string, unknown>): string =>
  JSON.stringify({
    [`${PREFIX}protocolVersion`]: '2026-07-28',
    [`${PREFIX}clientInfo`]: { name: 'c', version: '1' },
    [`${PREFIX}clientCapabilities`]: { sampling: {} },
    ...members,
  });

test('a child is initialized with what the client is and can do', () => {
  const { initialize, capabilities, kept } = createAccounts()(meta({}));
  expect(JSON.parse(initialize)).toEqual({
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: { sampling: {} },
      clientInfo: { name: 'c', version: '1' },
    },
  });
  expect([capabilities, kept]).toEqual([{ sampling: {} }, '']);
});

test('the tasks extension is not offered to a legacy child, and other extensions are', () => {
  const extensions = { 'io.modelcontextprotocol/tasks': {}, 'com.example/x': {} };
  const { initialize } = createAccounts()(meta({ [`${PREFIX}clientCapabilities`]: { extensions } }));
  expect(JSON.parse(initialize).params.capabilities).toEqual({ extensions: { 'com.example/x': {} } });
});

test('members of the metadata that the protocol does not define stay for the child', () => {
  expect(createAccounts()(meta({ traceparent: 'a', progressToken: 5 })).kept).toBe(
    '{"traceparent":"a","progressToken":5}',
  );
});

test.each([
  [{ progressToken: 5 }, '5'],
  [{ progressToken: 'p' }, '"p"'],
  [{ progressToken: {} }, null],
])('the progress token of %j is %s', (members, token) => {
  expect(createAccounts()(meta(members)).progressToken).toBe(token);
});

test.each([
  [undefined, -1],
  ['debug', 0],
  ['emergency', 7],
  ['loud', null],
  [3, null],
])('the log level %j has rank %j', (level, rank) => {
  expect(createAccounts()(meta({ [`${PREFIX}logLevel`]: level })).logRank).toBe(rank);
});

test('the same text is read once, and texts with a progress token are not kept', () => {
  const accountOf = createAccounts();
  expect(accountOf(meta({}))).toBe(accountOf(meta({})));
  expect(accountOf(meta({ progressToken: 1 }))).not.toBe(accountOf(meta({ progressToken: 1 })));
});

test('at most 256 short texts are kept', () => {
  const accountOf = createAccounts();
  const first = accountOf(meta({ n: 0 }));
  for (let n = 1; n < 256; n += 1) accountOf(meta({ n }));
  expect(accountOf(meta({ n: 0 }))).toBe(first);
  accountOf(meta({ n: 256 }));
  expect(accountOf(meta({ n: 0 }))).not.toBe(first);
  const long = meta({ padding: 'x'.repeat(8_192) });
  expect(accountOf(long)).not.toBe(accountOf(long));
});

test('metadata that is not an object says nothing of the client', () => {
  expect(createAccounts()('3')).toMatchObject({ capabilities: {}, logRank: -1, progressToken: null });
});
