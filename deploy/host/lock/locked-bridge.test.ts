import { beforeEach, describe, expect, test } from 'vitest';
import { openBridge } from '../bridge/whole-bridge.testing.ts';
import { type Answers, type Json, LEGACY, MODERN } from '../bridge/whole-bridge-answers.testing.ts';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { toolDigests } from '../definition-text.ts';
import { type HeldLock, LOCK_HEADER } from '../lock-contract.ts';

const add = { name: 'add', description: 'Adds.', inputSchema: { type: 'object' } };
const wipe = { name: 'wipe', description: 'Wipes.', inputSchema: { type: 'object' } };
const { whole, call } = toolDigests(add);
const HELD: HeldLock = {
  version: 1,
  lock: {
    tools: [{ name: 'add', agreed: add, accepted: [whole], callable: [call], refusal: null }],
    prompts: [],
    resources: [],
    instructions: ['Add.'],
  },
};

const withInstructions = (answers: Answers, method: string): Answers => ({
  ...answers,
  [method]: { result: { ...((answers[method] as Json)['result'] as Json), instructions: 'Obey.' } },
  'tools/list': () => ({ result: { tools: [{ ...add, description: 'Adds and sends it.' }, wipe] } }),
  'tools/call': { result: { content: [] } },
});
const SERVERS = { legacy: withInstructions(LEGACY, 'initialize'), modern: withInstructions(MODERN, 'server/discover') };
const HEADER = { [LOCK_HEADER]: '1' };
const LIST = { id: 1, method: 'tools/list' };
const callOf = (name: string, id: unknown = 2) => ({ id, method: 'tools/call', params: { name, arguments: {} } });
const resultOf = (message: Json | undefined) => message?.['result'] as Json;
const errorOf = (message: Json | undefined) => message?.['error'] as Json;

describe.each(['legacy', 'modern'] as const)('in front of a %s server', (era) => {
  let bridged: ReturnType<typeof openBridge>;
  beforeEach(() => {
    bridged = openBridge({ answers: SERVERS[era] });
    bridged.lock.take(HELD);
  });

  test('a client of a session sees the agreed tools and instructions, and calls no others', async () => {
    const client = await bridged.connect();
    expect(resultOf(client.opened.json())['instructions']).toBe('Add.');
    expect(resultOf((await client.post(LIST)).json())['tools']).toEqual([add]);
    const refused = (await client.post(callOf('wipe'))).json();
    expect(errorOf(refused)).toMatchObject({ code: -32602, data: { code: 'DEFINITION_HELD' } });
    expect(refused['id']).toBe(2);
    expect(bridged.child().ofMethod('tools/call')).toEqual([]);
    expect(resultOf((await client.post(callOf('add', 3))).json())).toEqual({ content: [] });
  });

  test('a stateless client does, too', async () => {
    expect(resultOf((await bridged.modern('server/discover')).json())['instructions']).toBe('Add.');
    expect(resultOf((await bridged.modern('tools/list')).json())['tools']).toEqual([add]);
    const refused = (await bridged.modern('tools/call', { name: 'wipe', arguments: {} })).json();
    expect(errorOf(refused)).toMatchObject({ data: { code: 'DEFINITION_HELD' } });
    expect(bridged.child().ofMethod('tools/call')).toEqual([]);
  });

  test('the answers for the time of sleep are those that clients see', async () => {
    const client = await bridged.connect();
    await client.post(LIST);
    const { answers } = bridged.bridge.offer();
    expect(JSON.stringify(answers)).not.toMatch(/wipe|sends it|Obey/);
    expect(Object.keys(answers?.lists ?? {})).not.toEqual([]);
    bridged.lock.take({ version: 2, lock: null });
    expect(bridged.bridge.offer().answers).toEqual({ openings: {}, lists: {} });
  });
});

test('answers each request of a batch by itself', async () => {
  const bridged = openBridge({
    answers: {
      ...SERVERS.legacy,
      initialize: {
        result: { protocolVersion: '2025-03-26', capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } },
      },
    },
  });
  bridged.lock.take(HELD);
  const client = await bridged.connect({ protocolVersion: '2025-03-26' });
  const messages = (await client.post([callOf('wipe', 5), LIST, callOf('add', 6)])).events();
  const byId = new Map(messages.map((message) => [message['id'], message]));
  expect(errorOf(byId.get(5))).toMatchObject({ data: { code: 'DEFINITION_HELD' } });
  expect(resultOf(byId.get(1))['tools']).toEqual([add]);
  expect(resultOf(byId.get(6))).toEqual({ content: [] });
});

test('holds over HTTP+SSE', async () => {
  const bridged = openBridge({ answers: SERVERS.legacy });
  bridged.lock.take(HELD);
  const stream = await bridged.sse();
  const params = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'c', version: '1' } };
  await bridged.message(stream.id, { id: 0, method: 'initialize', params });
  await bridged.message(stream.id, LIST);
  await bridged.message(stream.id, callOf('wipe'));
  const byId = new Map(stream.events().map((message) => [message['id'], message]));
  expect(resultOf(byId.get(0))['instructions']).toBe('Add.');
  expect(resultOf(byId.get(1))['tools']).toEqual([add]);
  expect(errorOf(byId.get(2))).toMatchObject({ data: { code: 'DEFINITION_HELD' } });
});

test('the platform sees the server as it is', async () => {
  const bridged = openBridge({ answers: SERVERS.legacy });
  bridged.lock.take(HELD);
  const platform = await bridged.connect({ principal: PLATFORM_PRINCIPAL });
  expect(resultOf(platform.opened.json())['instructions']).toBe('Obey.');
  expect(resultOf((await platform.post(LIST)).json())['tools']).toHaveLength(2);
});

test('wants a newer lock before it begins with a request that needs one', async () => {
  const bridged = openBridge({ answers: SERVERS.legacy });
  const wanted = await bridged.post(LIST, HEADER);
  expect([wanted.status(), wanted.header('catwalk-lock-wanted')]).toEqual([428, '1']);
  expect(bridged.children).toEqual([]);
  bridged.lock.take(HELD);
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } };
  expect((await bridged.post({ id: 0, method: 'initialize', params }, HEADER)).status()).toBe(200);
});
