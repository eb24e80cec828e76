import { describe, expect, test } from 'vitest';
import { hostFailure } from '../failure.ts';
import { decodeHeader } from './header-values.ts';
import { checkToolHeaders } from './modern-claim.ts';
import { peerOf } from './parts.testing.ts';
import { createToolHeaders, findHeaderMismatch, whenKnown } from './tool-headers.ts';

const latin1 = (text: string) => Buffer.from(text).toString('latin1');

describe('a header that repeats a part of the body', () => {
  test.each([
    ['us-west1', 'us-west1'],
    ['=?base64?SGVsbG8sIOS4lueVjA==?=', latin1('Hello, 世界')],
    ['=?base64?IHBhZGRlZCA=?=', ' padded '],
    ['=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=', '=?base64?literal?='],
    ['=?base64?SGVsbG8', '=?base64?SGVsbG8'],
    ['SGVsbG8=?=', 'SGVsbG8=?='],
    ['=?base64??=', ''],
  ])('%s is decoded', (header, value) => expect(decodeHeader(header)).toBe(value));

  test.each(['=?base64?SGVsbG8?=', '=?base64?SGVs!!!bG8=?=', latin1('größe'), 'größe', 'a\u0001b'])(
    '%j is malformed',
    (header) => expect(decodeHeader(header)).toBeNull(),
  );
});

describe('parameters that are repeated in headers', () => {
  const annotated = [
    { header: 'mcp-param-region', path: ['region'] },
    { header: 'mcp-param-size', path: ['box', 'size'] },
    { header: 'mcp-param-flag', path: ['flag'] },
  ];

  test.each([
    [{}, {}],
    [{ region: null }, {}],
    [{ region: 'eu' }, { 'mcp-param-region': 'eu' }],
    [{ region: latin1('ü') }, { 'mcp-param-region': '=?base64?w7w=?=' }],
    [{ box: { size: 42 } }, { 'mcp-param-size': '42.0' }],
    [{ flag: false }, { 'mcp-param-flag': 'false' }],
    [{ region: 'eu' }, { 'mcp-param-region': 'eu', 'mcp-param-unknown': 'x' }],
  ])('%j agrees with %j', (args, headers) => expect(findHeaderMismatch(annotated, headers, args)).toBeNull());

  test.each([
    [{ region: 'eu' }, {}],
    [{ region: 'eu' }, { 'mcp-param-region': 'us' }],
    [{ region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVsbG8?=' }],
    [{ box: { size: 42 } }, { 'mcp-param-size': '43' }],
    [{ box: { size: 0 } }, { 'mcp-param-size': '' }],
    [{ flag: true }, { 'mcp-param-flag': 'True' }],
    [{ region: null }, { 'mcp-param-region': 'eu' }],
    [undefined, { 'mcp-param-region': 'eu' }],
  ])('%j does not agree with %j', (args, headers) =>
    expect(findHeaderMismatch(annotated, headers, args)).not.toBeNull(),
  );
});

describe('the annotated parameters of a server', () => {
  const TEXT = { type: 'string', 'x-mcp-header': 'Region' };

  /** A child that answers each page of tools/list, and the parameters that were learned of it. */
  const learn = async (pages: Record<string, unknown>[], era: 'legacy' | 'modern' = 'legacy') => {
    const child = peerOf({ era });
    const tools = createToolHeaders();
    const found = tools.of(child.peer);
    for (let page = 0; page < pages.length; page += 1) {
      await new Promise(setImmediate);
      const { id } = JSON.parse(child.sent[page] ?? '{}');
      child.peer.receive(JSON.stringify({ jsonrpc: '2.0', id, ...pages[page] }));
    }
    await new Promise(setImmediate);
    return { child, tools, found: await found, asked: child.sent.map((text) => JSON.parse(text).params) };
  };
  const page = (properties: unknown, more: object = {}) => ({
    result: { tools: [{ name: 't', inputSchema: { type: 'object', properties } }], ...more },
  });

  test('are those with a plain type, a token as header and a chain of properties to them', async () => {
    const { found } = await learn([
      page({
        region: TEXT,
        count: { type: 'integer', 'x-mcp-header': 'Count' },
        flag: { type: 'boolean', 'x-mcp-header': 'Flag' },
        list: { type: 'array', 'x-mcp-header': 'List' },
        spaced: { type: 'string', 'x-mcp-header': 'a b' },
        number: { type: 'string', 'x-mcp-header': 1 },
        plain: { type: 'string' },
        box: { type: 'object', properties: { size: { type: 'string', 'x-mcp-header': 'Size' } } },
        odd: 1,
      }),
    ]);
    expect(found.get('t')).toEqual([
      { header: 'mcp-param-region', path: ['region'] },
      { header: 'mcp-param-count', path: ['count'] },
      { header: 'mcp-param-flag', path: ['flag'] },
      { header: 'mcp-param-size', path: ['box', 'size'] },
    ]);
  });

  test('are looked for 16 levels deep', async () => {
    const nest = (depth: number): object =>
      depth === 0 ? TEXT : { type: 'object', properties: { a: nest(depth - 1) } };
    const pathOf = async (depth: number) => (await learn([page({ a: nest(depth) })])).found.get('t')?.[0]?.path.length;
    expect([await pathOf(15), await pathOf(16)]).toEqual([16, undefined]);
  });

  test('come from every page, of which at most twenty are read and none twice', async () => {
    const pages = (count: number) => Array.from({ length: count }, (_, at) => page({}, { nextCursor: `c${at}` }));
    expect((await learn(pages(21))).asked).toHaveLength(20);
    const { asked } = await learn([page({}, { nextCursor: 'a' }), page({ region: TEXT }, { nextCursor: 'a' })]);
    expect(asked).toEqual([{}, { cursor: 'a' }]);
    expect((await learn([page({ region: TEXT })])).asked).toEqual([{}]);
    expect((await learn([page({}, { nextCursor: 1 })])).asked).toHaveLength(1);
  });

  test('are asked for as the era of the child demands', async () => {
    const { asked } = await learn([page({})], 'modern');
    expect(asked).toEqual([
      {
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    ]);
  });

  test.each([
    [{ error: { code: -1, message: 'no' } }],
    [{ result: [] }],
    [{ result: { tools: 1 } }],
    [{ result: { tools: [1, { name: 1 }, { name: 'x' }, { name: 'y', inputSchema: { properties: [] } }] } }],
  ])('are none in %j', async (answer) => {
    expect((await learn([answer])).found.size).toBe(0);
  });

  test('are none when the server ends, and those of the first pages when it ends later', async () => {
    const child = peerOf();
    const found = createToolHeaders().of(child.peer);
    const { id } = JSON.parse(child.sent[0] ?? '{}');
    child.peer.receive(JSON.stringify({ jsonrpc: '2.0', id, ...page({ region: TEXT }, { nextCursor: 'a' }) }));
    await new Promise(setImmediate);
    child.peer.end({ code: 1, signal: null, requested: false }, hostFailure('CRASHED', 'gone'));
    expect([...(await found).keys()]).toEqual(['t']);
  });

  test('are learned once, and again when the server announces other tools', async () => {
    const { child, tools, found } = await learn([page({ region: TEXT })]);
    expect(tools.of(child.peer)).toBe(found);
    tools.forget(child.peer);
    const again = tools.of(child.peer);
    expect([again instanceof Promise, tools.of(child.peer), child.sent.length]).toEqual([true, again, 2]);
    // Tools that are announced while they are learned are learned once more.
    tools.forget(child.peer);
    const { id } = JSON.parse(child.sent[1] ?? '{}');
    child.peer.receive(JSON.stringify({ jsonrpc: '2.0', id, ...page({}) }));
    await again;
    await new Promise(setImmediate);
    expect(tools.of(child.peer)).toBeInstanceOf(Promise);
    expect(child.sent).toHaveLength(3);
  });

  test('are waited for without a turn of the event loop once they are known', async () => {
    const { found } = await learn([page({ region: TEXT })]);
    const seen: unknown[] = [];
    whenKnown(found, (tools) => seen.push(tools));
    expect(seen).toEqual([found]);
    whenKnown(Promise.resolve(found), (tools) => seen.push(tools));
    expect(seen).toHaveLength(1);
    await new Promise(setImmediate);
    expect(seen).toHaveLength(2);
  });
});

test('the headers of a call are compared with the parameters of its own tool', () => {
  const tools = new Map([['t', [{ header: 'mcp-param-region', path: ['region'] }]]]);
  const headers = { 'mcp-param-region': 'us' };
  const call = (params: unknown) => checkToolHeaders(headers, { params } as Record<string, unknown>, tools);
  expect(call({ name: 't', arguments: { region: 'eu' } })).toMatchObject({ code: -32020 });
  expect(call({ name: 't', arguments: { region: 'us' } })).toBeNull();
  expect(call({ name: 'u', arguments: { region: 'eu' } })).toBeNull();
  expect(call({ name: 1 })).toBeNull();
  expect(call(1)).toBeNull();
});
