import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BundleRig, openBundleRig } from './rig.ts';

/**
 * Ways by which a caller of a bundle may try to reach more than it shows. Two servers say TOPSECRET in everything that their
 * view hides. No answer may hold that word.
 */
type Params = Record<string, unknown>;
type Era = 'legacy' | 'modern';
type Case = [what: string, method: string, params: Params | string];

const PREFIXES = ['files', 'vault'];
const HIDDEN_TOOLS = ['delete_repo', 'admin_reset', 'löschen', '__proto__', 'list_items'];
const HIDDEN_URIS = [
  'secret://vault',
  'docs://private/plan',
  'secret://any',
  'DOCS://private/plan',
  'docs://private/../private/plan',
];

const tools = PREFIXES.flatMap((prefix) =>
  HIDDEN_TOOLS.map(
    (name): Case => [`${prefix}: the hidden tool ${name}`, 'tools/call', { name: `${prefix}_${name}`, arguments: {} }],
  ),
);
const uris = HIDDEN_URIS.flatMap((uri): Case[] => [
  [`the hidden resource ${uri}`, 'resources/read', { uri }],
  [`the hidden resource ${uri} by prefix`, 'resources/read', { uri: `vault+${uri}` }],
]);

const CASES: Case[] = [
  ...tools,
  ...uris,
  ['a tool without its prefix', 'tools/call', { name: 'delete_repo', arguments: {} }],
  ['a prefix of no server', 'tools/call', { name: 'other_delete_repo', arguments: {} }],
  ['an empty prefix', 'tools/call', { name: '_delete_repo', arguments: {} }],
  ['a prefix in capitals', 'tools/call', { name: 'FILES_delete_repo', arguments: {} }],
  ['a prefix twice', 'tools/call', { name: 'files_files_delete_repo', arguments: {} }],
  ['two prefixes', 'tools/call', { name: 'files_vault_delete_repo', arguments: {} }],
  ['a prefix with a space', 'tools/call', { name: 'files _delete_repo', arguments: {} }],
  ['a name that is a prefix', 'tools/call', { name: 'files_', arguments: {} }],
  ['a name that is no text', 'tools/call', { name: ['files_delete_repo'], arguments: {} }],
  ['a name that is an object', 'tools/call', { name: { toString: 'files_delete_repo' }, arguments: {} }],
  ['no name', 'tools/call', { arguments: {} }],
  [
    'a name twice, the hidden one last',
    'tools/call',
    '{"name":"files_open_file","name":"files_delete_repo","arguments":{}}',
  ],
  [
    'a name twice, the hidden one first',
    'tools/call',
    '{"name":"files_delete_repo","name":"files_open_file","arguments":{"path":"a"}}',
  ],
  ['a name in escapes', 'tools/call', '{"name":"files_\\u0064elete_repo","arguments":{}}'],
  ['a prefix in escapes', 'tools/call', '{"name":"\\u0066iles\\u005fdelete_repo","arguments":{}}'],
  ['__proto__ as params', 'tools/call', '{"__proto__":{"name":"files_delete_repo"},"arguments":{}}'],
  ['a fixed argument', 'tools/call', { name: 'files_open_file', arguments: { path: 'bad', mode: 'rw' } }],
  ['a hidden argument', 'tools/call', { name: 'files_open_file', arguments: { path: 'a', trace: true } }],
  ['the name that the view gave away', 'tools/call', { name: 'files_list_items', arguments: {} }],
  ['a tool whose answer names hidden resources', 'tools/call', { name: 'files_read_file', arguments: {} }],
  ['a call as a task', 'tools/call', { name: 'files_open_file', arguments: { path: 'a' }, task: { ttl: 1_000 } }],
  ['the hidden tool as a task', 'tools/call', { name: 'files_delete_repo', arguments: {}, task: {} }],
  [
    'another view in _meta',
    'tools/call',
    { name: 'files_delete_repo', arguments: {}, _meta: { 'catwalk/view': null } },
  ],
  [
    'a tool that makes the server announce a hidden thing',
    'tools/call',
    { name: 'files_emit', arguments: { method: 'notifications/resources/updated', params: { uri: 'secret://vault' } } },
  ],
  [
    'a log message of the server with a hidden name',
    'tools/call',
    { name: 'files_emit', arguments: { method: 'notifications/tools/list_changed', params: {}, rename: true } },
  ],
  ['a hidden prompt', 'prompts/get', { name: 'files_admin_prompt' }],
  ['a hidden prompt of the other server', 'prompts/get', { name: 'vault_admin_prompt' }],
  ['a prompt without its prefix', 'prompts/get', { name: 'admin_prompt' }],
  ['a prompt that is no text', 'prompts/get', { name: 7 }],
  [
    'a completion for a hidden prompt',
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'files_admin_prompt' }, argument: { name: 'who', value: '' } },
  ],
  [
    'a completion for a hidden template',
    'completion/complete',
    { ref: { type: 'ref/resource', uri: 'secret://{name}' }, argument: { name: 'name', value: '' } },
  ],
  [
    'a completion for a hidden template by prefix',
    'completion/complete',
    { ref: { type: 'ref/resource', uri: 'files+secret://{name}' }, argument: { name: 'name', value: '' } },
  ],
  ['a completion without a reference', 'completion/complete', { argument: { name: 'who', value: '' } }],
  [
    'a completion for a reference of no kind',
    'completion/complete',
    { ref: { type: 'ref/tool', name: 'files_delete_repo' }, argument: { name: 'a', value: '' } },
  ],
  ['a subscription to a hidden resource', 'resources/subscribe', { uri: 'secret://vault' }],
  ['a subscription to a hidden resource by prefix', 'resources/subscribe', { uri: 'vault+secret://vault' }],
  ['the end of a subscription to a hidden resource', 'resources/unsubscribe', { uri: 'secret://vault' }],
  ['a resource that is no URI', 'resources/read', { uri: 'vault+' }],
  ['a resource with two prefixes', 'resources/read', { uri: 'files+vault+secret://vault' }],
  ['a resource that is no text', 'resources/read', { uri: null }],
  ['a list of tasks', 'tasks/list', {}],
  ['a task of the server', 'tasks/get', { taskId: 'old' }],
  ['the result of a task of the server', 'tasks/result', { taskId: 'old' }],
  ['the end of a task of the server', 'tasks/cancel', { taskId: 'old' }],
  ['a method of no revision', 'tools/delete_repo', {}],
  ['a list of tools', 'tools/list', {}],
  ['a list of tools from a cursor of a member', 'tools/list', { cursor: '4' }],
  ['a list of tools with an odd parameter', 'tools/list', { view: null, all: true }],
  ['a list of prompts', 'prompts/list', {}],
  ['a list of resources', 'resources/list', {}],
  ['a list of templates', 'resources/templates/list', {}],
  ['a level of logging', 'logging/setLevel', { level: 'debug' }],
  ['a ping', 'ping', {}],
  [
    'initialize inside the session',
    'initialize',
    { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a', version: '1' } },
  ],
  ['server/discover', 'server/discover', {}],
];

let rig: BundleRig;
let bundle: { id: string; token: string };
const sessions = { value: '' };
const META =
  '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"c","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}';

const post = (body: string, headers: Record<string, string>) =>
  fetch(`${rig.app.origin}/api/mcp/${bundle.id}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${bundle.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body,
  });

const encoded = (text: string) =>
  /^[\x20-\x7e]*$/.test(text) ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;

async function send(era: Era, method: string, params: Params | string): Promise<string> {
  const raw = typeof params === 'string' ? params : JSON.stringify(params);
  if (era === 'legacy') {
    const body = `{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(method)},"params":${raw}}`;
    return (await post(body, { 'mcp-session-id': sessions.value, 'mcp-protocol-version': '2025-11-25' })).text();
  }
  const read = JSON.parse(raw) as Params;
  const name = read['name'] ?? read['uri'];
  const whole = raw === '{}' ? `{${META}}` : `{${META},${raw.slice(1)}`;
  const headers = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(typeof name === 'string' ? { 'mcp-name': encoded(name) } : {}),
  };
  return (await post(`{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(method)},"params":${whole}}`, headers)).text();
}

beforeAll(async () => {
  rig = await openBundleRig({ RATE_LIMIT_PER_MINUTE: '100000' });
  bundle = await rig.make(rig.members());
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a', version: '1' } };
  const begun = await post(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }), {});
  sessions.value = begun.headers.get('mcp-session-id') ?? '';
  expect(await begun.text()).not.toContain('TOPSECRET');
});
afterAll(() => rig?.close());

test('there are at least eighty cases', () => {
  expect(CASES.length * 2).toBeGreaterThanOrEqual(80);
});

test('a call that is allowed is answered, so that silence proves something', async () => {
  for (const era of ['legacy', 'modern'] as const)
    expect(await send(era, 'tools/call', { name: 'files_open_file', arguments: { path: 'a' } })).toContain(
      '\\"mode\\":\\"ro\\"',
    );
});

for (const era of ['legacy', 'modern'] as const)
  test.each(CASES)(`${era}: nothing hidden comes out by %s`, async (_what, method, params) => {
    const answer = await send(era, method, params);
    expect(answer).not.toContain('TOPSECRET');
    expect(answer).not.toBe('');
  });

test.each([
  ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"files_delete_repo"}}]'],
  ['an empty batch', '[]'],
  ['no JSON', '{"jsonrpc":"2.0",'],
  ['an answer to a question that no server asked', '{"jsonrpc":"2.0","id":"files:1","result":{}}'],
  [
    'a cancellation of an unknown call',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"catwalk"}}',
  ],
  [
    'progress of an unknown question',
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"vault:7","progress":1}}',
  ],
])('legacy: nothing hidden comes out by %s', async (_what, body) => {
  const answer = await post(body, { 'mcp-session-id': sessions.value, 'mcp-protocol-version': '2025-11-25' });
  expect(await answer.text()).not.toContain('TOPSECRET');
});

test('a session of one caller, or one that was changed, is no session for another', async () => {
  const made = await rig.app.ask(
    rig.owner.token,
    'mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { ... on AccessTokenPayload { token } } }',
    { input: { deploymentId: bundle.id, name: 'second' } },
  );
  const token = (made.data?.['createAccessToken'] as { token?: string } | undefined)?.token ?? ''; // the document
  const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
  const headers = { authorization: `Bearer ${token}`, 'mcp-session-id': sessions.value };
  expect((await post(list, headers)).status).toBe(404);
  const changed = `${sessions.value.slice(0, -2)}AA`;
  expect((await post(list, { 'mcp-session-id': changed })).status).toBe(404);
});

test('a header that names another tool than the body is refused', async () => {
  const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${META},"name":"files_delete_repo","arguments":{}}}`;
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'files_open_file' };
  const answer = await post(body, headers);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('-32020')]);
});

test('the way to members opens for no one without its secret', async () => {
  const grant = Buffer.from(JSON.stringify({ bundleId: bundle.id, principal: 'x', label: null })).toString('base64url');
  const headers = { 'catwalk-door': 'guess', 'catwalk-bundle-grant': grant };
  const answer = await fetch(`${rig.app.origin}/api/mcp/${rig.ids.files}`, { method: 'POST', headers });
  expect(answer.status).toBe(401);
});

test('no tool that is hidden was reached at a server', async () => {
  for (const prefix of PREFIXES) {
    const reached = await send('legacy', 'tools/call', { name: `${prefix}_reached`, arguments: {} });
    expect(reached).not.toMatch(/tool (?:delete_repo|admin_reset|löschen|__proto__)/);
  }
});
