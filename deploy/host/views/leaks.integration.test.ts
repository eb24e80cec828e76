import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Json, type Message, messagesOf, TestClient, type TestHost, textOf } from '../test-rig.ts';
import { ANN, type AnyClient, type Era, giveView, HIDING, inView, openClient, startHiding } from './hiding.testing.ts';
import { BODY_CASES, SMUGGLED, smuggledArguments } from './leaking-bodies.testing.ts';
import { LEAK_CASES, LEGACY_LEAK_CASES } from './leaks.testing.ts';

const listOf = (message: Message | undefined, member: string): Json[] => {
  const list = message?.result?.[member];
  return Array.isArray(list) ? (list as Json[]) : [];
};

const SECRET = 'TOPSECRET';
/** Matches what the server of the fixture must never report as reached. */
const HIDDEN_REACHED = /delete_repo|admin_|schen|__proto__|secret:|private|old|vendor|rw"/;

/** The error or the result, without the name that the client itself sent. */
const withoutNames = (message: Message | undefined, params: Json | string): string => {
  const sent = typeof params === 'string' ? (JSON.parse(params) as Json) : params;
  let text = JSON.stringify(message?.error ?? message?.result);
  const names = [
    sent['name'],
    sent['uri'],
    sent['taskId'],
    (sent['ref'] as Json | undefined)?.['name'],
    (sent['ref'] as Json | undefined)?.['uri'],
  ];
  for (const name of names)
    if (typeof name === 'string') text = text.replaceAll(JSON.stringify(name).slice(1, -1), 'NAME');
  return text;
};

test('there are at least 120 ways to ask for something hidden', () => {
  const titles = [...LEAK_CASES, ...LEGACY_LEAK_CASES, ...BODY_CASES].map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles.length).toBeGreaterThanOrEqual(120);
});

test('a batch answers for what is hidden as for what does not exist, case by case', async () => {
  const host = await startHiding('legacy');
  onTestFinished(() => host.close());
  await giveView(host, HIDING);
  const client = await TestClient.open(inView(host), { principal: ANN, protocolVersion: '2025-03-26' });
  const textFor = (params: Json | string) => (typeof params === 'string' ? params : JSON.stringify(params));
  const cases = [...LEAK_CASES, ...LEGACY_LEAK_CASES];
  for (let at = 0; at < cases.length; at += 10) {
    const some = cases.slice(at, at + 10);
    const requests = some.flatMap(({ method, hidden, missing }, index) => [
      `{"jsonrpc":"2.0","id":"hidden ${index}","method":${JSON.stringify(method)},"params":${textFor(hidden)}}`,
      `{"jsonrpc":"2.0","id":"missing ${index}","method":${JSON.stringify(method)},"params":${textFor(missing)}}`,
    ]);
    const response = await inView(host).request('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'catwalk-principal': ANN,
        'mcp-session-id': client.session,
      },
      body: `[${requests.join(',')}]`,
    });
    const answers = (await messagesOf(response)).flat() as Message[];
    expect(JSON.stringify(answers)).not.toContain(SECRET);
    const answerTo = (id: string) => answers.find((answer) => answer.id === id);
    for (const [index, { title, hidden, missing }] of some.entries())
      expect(withoutNames(answerTo(`hidden ${index}`), hidden), title).toBe(
        withoutNames(answerTo(`missing ${index}`), missing),
      );
  }
  const reached = JSON.parse(await client.tool('reached')) as string[];
  expect(reached.filter((one) => HIDDEN_REACHED.test(one))).toEqual([]);
});

describe.each<{ server: Era; client: Era; unknown: string }>([
  { server: 'legacy', client: 'legacy', unknown: 'error' },
  { server: 'legacy', client: 'legacy', unknown: 'list' },
  { server: 'legacy', client: 'modern', unknown: 'result' },
  { server: 'modern', client: 'modern', unknown: 'list' },
  { server: 'modern', client: 'legacy', unknown: 'error' },
])('a view of a $server server for a $client client, unknown names: $unknown', ({ server, client: era, unknown }) => {
  let host: TestHost;
  let client: AnyClient;
  beforeAll(async () => {
    host = await startHiding(server, unknown);
    expect(await giveView(host, HIDING)).toBe(200);
    client = await openClient(inView(host), era);
  });
  afterAll(() => host.close());

  test.each([...LEAK_CASES, ...(era === 'legacy' && server === 'legacy' ? LEGACY_LEAK_CASES : [])])(
    'gives nothing away: $title',
    async ({ method, hidden, missing }) => {
      const forHidden = await client.request(method, hidden);
      const forMissing = await client.request(method, missing);
      expect(forHidden.text).not.toContain(SECRET);
      expect(forHidden.message?.result ?? forHidden.message?.error).toBeDefined();
      expect(withoutNames(forHidden.message, hidden)).toBe(withoutNames(forMissing.message, missing));
    },
  );

  test.each(BODY_CASES)('gives nothing away by a body with $title', async ({ hidden, missing }) => {
    const forHidden = await client.post(hidden);
    const forMissing = await client.post(missing);
    expect(forHidden).not.toContain(SECRET);
    const plain = (text: string) => text.replaceAll(/delete_repo|absent_repo/g, 'NAME').replaceAll(/^id: .*$/gm, '');
    expect(plain(forHidden)).toBe(plain(forMissing));
  });

  test.each(SMUGGLED)('passes no message that stands within arguments, between %s', async (_title, lineEnd) => {
    const { text } = await client.request(
      'tools/call',
      `{"name":"open_file","arguments":${smuggledArguments(lineEnd)}}`,
    );
    expect(text).toContain('x/everything');
    expect(text).not.toContain(SECRET);
  });

  test.each([
    ['tools/list', 'tools', 'name', ['emit', 'größe', 'open_file', 'reached', 'read_file']],
    ['prompts/list', 'prompts', 'name', ['greet']],
    ['resources/list', 'resources', 'uri', ['docs://readme']],
    ['resources/templates/list', 'resourceTemplates', 'uriTemplate', ['docs://page/{name}']],
  ] as const)('lists what is shown and nothing else: %s', async (method, member, name, shown) => {
    const items: Json[] = [];
    let cursor: unknown;
    do {
      const { text, message } = await client.request(method, cursor === undefined ? {} : { cursor });
      for (const secret of [SECRET, 'delete_repo', 'admin_', 'secret:', 'löschen', '__proto__', '"trace"'])
        expect(text).not.toContain(secret);
      const { [member]: page, nextCursor } = message?.result ?? {};
      items.push(...(page as Json[]));
      cursor = nextCursor;
    } while (cursor !== undefined);
    expect(items.map((item) => item[name]).sort()).toEqual([...shown].sort());
  });

  test('shows a tool with its new name and without its fixed arguments, which no spelling overrides', async () => {
    const { message } = await client.request('tools/list', {});
    const [tool] = listOf(message, 'tools');
    expect(tool).toEqual({
      name: 'open_file',
      description: 'Opens.',
      inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
    });
    for (const args of [
      '{"path":"a"}',
      '{"path":"a","mode":"rw"}',
      '{"path":"a","MODE":"rw","trace":true}',
      '{"mode":"ro","path":"a","mode":"rw"}',
      String.raw`{"path":"a","m\u006fde":"rw","ｍode":"rw"}`,
    ]) {
      const called = await client.request('tools/call', `{"name":"open_file","arguments":${args}}`);
      expect(JSON.parse(textOf(called.message))).toEqual({ path: 'a', mode: 'ro' });
    }
    for (const args of ['null', '[]', String.raw`"{\"mode\":\"rw\"}"`]) {
      const called = await client.request('tools/call', `{"name":"open_file","arguments":${args}}`);
      expect(JSON.parse(textOf(called.message))).toEqual({ mode: 'ro' });
    }
  });

  test('an error speaks of the tool by the name that the view gives', async () => {
    const { message } = await client.request('tools/call', { name: 'open_file', arguments: { path: 'bad' } });
    expect(textOf(message)).toBe('open_file: ro failed in read_file_2');
  });

  test('a name that two tools have had stands for the one that has it now', async () => {
    const { message, text } = await client.request('tools/call', { name: 'read_file', arguments: {} });
    expect(message?.result?.['content']).toEqual([{ type: 'resource_link', uri: 'docs://readme', name: 'readme' }]);
    expect(text).not.toContain(SECRET);
  });

  test('prompts, reads and completions come without what is hidden', async () => {
    const prompt = await client.request('prompts/get', { name: 'greet' });
    const read = await client.request('resources/read', { uri: 'docs://readme' });
    const completed = await client.request('completion/complete', {
      ref: { type: 'ref/prompt', name: 'greet' },
      argument: { name: 'who', value: '' },
    });
    for (const { text } of [prompt, read, completed]) expect(text).not.toMatch(/TOPSECRET|vault|delete_repo/);
    expect(listOf(prompt.message, 'messages')).toHaveLength(1);
    expect(completed.message?.result).toMatchObject({ completion: { values: ['ann'], hasMore: false } });
  });

  test('reaches nothing that is hidden', async () => {
    const { message } = await client.request('tools/call', { name: 'reached', arguments: {} });
    const reached = JSON.parse(textOf(message)) as string[];
    expect(reached.length).toBeGreaterThan(5);
    expect(reached.filter((one) => HIDDEN_REACHED.test(one))).toEqual([]);
  });
});
