import { expect, test } from 'vitest';
import { checkModernRequest, isModern } from './modern-claim.ts';

const VERSION = '2026-07-28';
const meta = (changes: object = {}) => ({
  'io.modelcontextprotocol/protocolVersion': VERSION,
  'io.modelcontextprotocol/clientCapabilities': {},
  ...changes,
});
const bodyOf = (method: string, params: object = {}, changes: object = {}) => ({
  method,
  params: { _meta: meta(changes), ...params },
});
const headersOf = (method: string, name?: string) => ({
  'mcp-protocol-version': VERSION,
  'mcp-method': method,
  ...(name === undefined ? {} : { 'mcp-name': name }),
});

test.each([
  [{}, { method: 'tools/list' }, false],
  [{}, { method: 'server/discover' }, true],
  [{ 'mcp-protocol-version': '2025-11-25' }, { method: 'tools/list' }, false],
  [{ 'mcp-protocol-version': VERSION }, { method: 'tools/list' }, true],
  [{ 'mcp-protocol-version': '2027-01-01' }, { method: 'tools/list' }, true],
  [{ 'mcp-protocol-version': 'draft' }, { method: 'tools/list' }, false],
  [{ 'mcp-protocol-version': '2026-07-28x' }, { method: 'tools/list' }, false],
  [{}, bodyOf('tools/list'), true],
  [{}, { method: 'tools/list', params: { _meta: 'x' } }, false],
  [{}, { method: 'tools/list', params: [] }, false],
  [{ 'mcp-protocol-version': VERSION }, { method: 'initialize' }, false],
  [{}, bodyOf('initialize'), true],
  [{}, bodyOf('initialize', {}, { 'io.modelcontextprotocol/protocolVersion': '2025-11-25' }), false],
])('headers %j with the body %j are modern: %s', (headers, body, expected) => {
  expect(isModern(headers, body)).toBe(expected);
});

test.each([
  ['tools/list', {}],
  ['tools/call', { name: 'add' }],
  ['prompts/get', { name: 'add' }],
  ['resources/read', { uri: 'add' }],
  ['tasks/get', { taskId: 'add' }],
  ['tasks/update', { taskId: 'add' }],
  ['tasks/cancel', { taskId: 'add' }],
])('accepts %s with headers that repeat its method and name', (method, params) => {
  const name = Object.keys(params).length === 0 ? undefined : 'add';
  expect(checkModernRequest(headersOf(method, name), bodyOf(method, params), [])).toBeNull();
  expect(checkModernRequest(headersOf(method, name), bodyOf(method, params), [VERSION])).toBeNull();
});

test.each([
  ['tools/call', { name: 'add' }],
  ['prompts/get', { name: 'add' }],
  ['resources/read', { uri: 'add' }],
  ['tasks/get', { taskId: 'add' }],
  ['tasks/update', { taskId: 'add' }],
  ['tasks/cancel', { taskId: 'add' }],
])('refuses %s whose name header is missing, malformed, or another', (method, params) => {
  const problems = [undefined, '=?base64?YWRk', 'sub', '=?base64?*?=', '=?base64?YWRk?='].map(
    (name) => checkModernRequest(headersOf(method, name), bodyOf(method, params), [])?.message ?? null,
  );
  expect(problems.slice(0, 4)).toEqual([
    expect.stringContaining('Mcp-Name header is missing'),
    expect.stringContaining('Mcp-Name header another'),
    expect.stringContaining('Mcp-Name header another'),
    expect.stringContaining('malformed'),
  ]);
  expect(problems[4]).toBeNull();
});

test.each([['tools/list'], ['toString'], ['__proto__']])('asks for no name header with %s', (method) => {
  expect(checkModernRequest(headersOf(method), bodyOf(method, { name: 'add', uri: 'add' }), [])).toBeNull();
});

test.each([
  ['protocolVersion', { 'io.modelcontextprotocol/protocolVersion': 7 }],
  ['clientCapabilities', { 'io.modelcontextprotocol/clientCapabilities': null }],
  ['clientCapabilities', { 'io.modelcontextprotocol/clientCapabilities': [] }],
])('names the member of _meta that is malformed: %s', (member, changes) => {
  expect(checkModernRequest(headersOf('tools/list'), bodyOf('tools/list', {}, changes), [])).toEqual({
    code: -32602,
    message: `Invalid params: _meta["io.modelcontextprotocol/${member}"] is missing or malformed.`,
  });
});

test('refuses a request whose headers name another version or method, or none', () => {
  const problem = (headers: Record<string, string>) => checkModernRequest(headers, bodyOf('tools/list'), []);
  expect(problem({ ...headersOf('tools/list'), 'mcp-protocol-version': '2027-01-01' })).toMatchObject({ code: -32020 });
  expect(problem({ 'mcp-method': 'tools/list' })?.message).toContain('MCP-Protocol-Version header is missing');
  expect(problem(headersOf('tools/call'))).toMatchObject({ code: -32020 });
  expect(problem({ 'mcp-protocol-version': VERSION })?.message).toContain('Mcp-Method header is missing');
});

test('refuses a version that the server did not name', () => {
  expect(checkModernRequest(headersOf('tools/list'), bodyOf('tools/list'), ['2027-01-01'])).toEqual({
    code: -32022,
    message: `Unsupported protocol version: ${VERSION}.`,
    data: { supported: ['2027-01-01'], requested: VERSION },
  });
});
