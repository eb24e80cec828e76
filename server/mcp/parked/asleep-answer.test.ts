import { expect, test } from 'vitest';
import type { OfferedAnswers } from '#deploy/host/contract.ts';
import { readHead } from '../request-head.ts';
import { type AsleepAnswer, answerAsleep, readAsleepRequest, toWire } from './asleep-answer.ts';

const LEGACY = '2025-11-25';
const MODERN = '2026-07-28';
const DISCOVERED = '{"capabilities":{"tools":{"listChanged":true},"prompts":{}}}';
const OFFER: OfferedAnswers = {
  openings: { [LEGACY]: `{"protocolVersion":"${LEGACY}"}`, '2025-06-18': '{"protocolVersion":"2025-03-26"}' },
  lists: {
    [`${LEGACY}\ntools/list\n`]: toWire('{"tools":["größe"]}'),
    [`${LEGACY}\ntools/list\n"p2"`]: '{"tools":[2]}',
    [`${MODERN}\nserver/discover\n`]: DISCOVERED,
    [`${MODERN}\ntools/list\n`]: '{"tools":[]}',
  },
};
const META = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientCapabilities': {},
};

function answer(message: object, headers: Record<string, string>, offer: OfferedAnswers | null = OFFER): AsleepAnswer {
  const request = readAsleepRequest(JSON.stringify({ jsonrpc: '2.0', ...message }));
  if (request === null) throw new Error('Not a request.');
  return answerAsleep(request, readHead(Object.entries(headers).flat()), offer);
}
const inSession = (message: object, version = LEGACY, offer?: OfferedAnswers | null) =>
  answer(message, { 'mcp-session-id': 'm.s', 'mcp-protocol-version': version }, offer);
const modern = (method: string, params: object = {}, headers: Record<string, string> = {}) =>
  answer(
    { id: 1, method, params: { _meta: META, ...params } },
    { 'mcp-protocol-version': MODERN, 'mcp-method': method, ...headers },
  );

test('answers the first questions of a session without a child', () => {
  expect(answer({ id: 1, method: 'initialize', params: { protocolVersion: LEGACY } }, {})).toEqual({
    kind: 'open',
    result: `{"protocolVersion":"${LEGACY}"}`,
    protocolVersion: LEGACY,
  });
  expect(answer({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18' } }, {})).toMatchObject({
    protocolVersion: '2025-03-26',
  });
  expect(inSession({ method: 'notifications/initialized' })).toEqual({ kind: 'accepted' });
  expect(inSession({ id: 2, method: 'ping' })).toEqual({ kind: 'result', result: '{}' });
  expect(inSession({ id: 3, method: 'tools/list' })).toMatchObject({ result: toWire('{"tools":["größe"]}') });
  expect(
    inSession({ id: 4, method: 'tools/list', params: { cursor: 'p2', _meta: { progressToken: 1 } } }),
  ).toMatchObject({
    result: '{"tools":[2]}',
  });
});

test('answers the first questions of MCP 2026-07-28, and acknowledges what the server supports', () => {
  expect(modern('server/discover')).toEqual({ kind: 'result', result: DISCOVERED });
  expect(modern('tools/list')).toMatchObject({ result: '{"tools":[]}' });
  const listening = modern('subscriptions/listen', {
    notifications: { toolsListChanged: true, promptsListChanged: true },
  });
  expect(listening.kind === 'listen' && JSON.parse(listening.acknowledgment)).toMatchObject({
    method: 'notifications/subscriptions/acknowledged',
    params: { _meta: { 'io.modelcontextprotocol/subscriptionId': 1 }, notifications: { toolsListChanged: true } },
  });
});

test.each<[string, AsleepAnswer]>([
  ['a call', inSession({ id: 1, method: 'tools/call', params: { name: 'x' } })],
  [
    'a version that no client used',
    answer({ id: 1, method: 'initialize', params: { protocolVersion: '2024-11-05' } }, {}),
  ],
  ['a list in such a version', inSession({ id: 1, method: 'tools/list' }, '2024-11-05')],
  ['a list that no client read', inSession({ id: 1, method: 'prompts/list' })],
  ['an unknown page', inSession({ id: 1, method: 'tools/list', params: { cursor: 'p3' } })],
  ['a further parameter', inSession({ id: 1, method: 'tools/list', params: { filter: 'x' } })],
  ['a release without an offer', inSession({ id: 1, method: 'tools/list' }, LEGACY, null)],
  ['the log level', inSession({ id: 1, method: 'logging/setLevel', params: { level: 'info' } })],
  ['a cancellation', inSession({ method: 'notifications/cancelled', params: { requestId: 1 } })],
  ['a header that disagrees with the body', modern('tools/list', {}, { 'mcp-method': 'prompts/list' })],
  ['a request without its metadata', modern('tools/list', { _meta: {} })],
  ['a subscription to a resource', modern('subscriptions/listen', { notifications: { resourceSubscriptions: ['x'] } })],
  ['a list without a session', answer({ id: 1, method: 'tools/list' }, {})],
])('%s wakes the machine', (_what, answered) => {
  expect(answered).toEqual({ kind: 'wake' });
});

test.each([
  '',
  '[',
  '[]',
  '1',
  '{"method":"ping"}',
  '{"jsonrpc":"2.0","id":{},"method":"ping"}',
  '{"jsonrpc":"2.0","id":1}',
])('the body %j is left to the host', (body) => {
  expect(readAsleepRequest(body)).toBeNull();
});
