import type { Client } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { readSnapshot } from './read-snapshot.ts';

type Answer = object | ((cursor: string | undefined) => object);
type World = {
  capabilities?: object;
  answers?: Record<string, Answer>;
  info?: { name: string; version: string } | null;
  timeout?: number;
};

/** Reads a server that answers like this, and notes each request with its time limit. */
async function read({ capabilities = { tools: {} }, answers = {}, info = null, timeout = 75_000 }: World = {}) {
  const asked: [string, number][] = [];
  const client = {
    getServerCapabilities: () => capabilities,
    getServerVersion: () => info ?? undefined,
    getNegotiatedProtocolVersion: () => '2025-11-25',
    getInstructions: () => undefined,
    request: async (
      { method, params }: { method: string; params: { cursor?: string } },
      schema: z.ZodType,
      options: { timeout: number },
    ) => {
      asked.push([method, options.timeout]);
      const answer = answers[method];
      if (answer === undefined) throw new Error(`no ${method}`);
      return schema.parse(typeof answer === 'function' ? answer(params.cursor) : answer);
    },
  };
  const options = { signal: new AbortController().signal, timeout };
  const snapshot = await readSnapshot(client as unknown as Client, 'legacy', options); // all that is asked of a client
  return { snapshot, asked };
}

const TOOLS = { 'tools/list': { tools: [] } };

test('asks only for the lists that a server declares', async () => {
  expect((await read({ capabilities: {} })).asked).toEqual([]);
  expect((await read({ answers: TOOLS })).asked).toEqual([['tools/list', 75_000]]);
});

test('waits ten seconds for lists that a server may leave out, or less where there is less time', async () => {
  const capabilities = { resources: {}, prompts: {} };
  const answers = {
    'resources/list': { resources: [] },
    'resources/templates/list': { resourceTemplates: [] },
    'prompts/list': { prompts: [] },
  };
  expect((await read({ capabilities, answers })).asked).toEqual([
    ['resources/list', 10_000],
    ['resources/templates/list', 10_000],
    ['prompts/list', 10_000],
  ]);
  expect((await read({ capabilities, answers, timeout: 9_000 })).asked.map(([, ms]) => ms)).toEqual([
    9_000, 9_000, 9_000,
  ]);
});

test('keeps what is shown of each entry, and null for what is missing', async () => {
  const { snapshot } = await read({
    capabilities: { tools: {}, resources: {}, prompts: {} },
    info: { name: 's', version: '1' },
    answers: {
      'tools/list': {
        tools: [
          { name: 'a', title: 1, more: 1 },
          { name: 'b', title: 'B', description: 'd', inputSchema: {}, outputSchema: {}, annotations: {} },
        ],
      },
      'resources/list': { resources: [{ uri: 'file:///a' }, { uri: 'u', name: 'n', description: 'd', mimeType: 'm' }] },
      'resources/templates/list': { resourceTemplates: [{ uriTemplate: 'file:///{x}', name: 't' }] },
      'prompts/list': { prompts: [{ name: 'p' }, { name: 'q', description: 'd', arguments: [{ name: 'x' }] }] },
    },
  });
  expect(snapshot).toEqual({
    serverInfo: { name: 's', version: '1' },
    protocolVersion: '2025-11-25',
    era: 'legacy',
    capabilities: { tools: {}, resources: {}, prompts: {} },
    instructions: null,
    tools: [
      { name: 'a', title: null, description: null, inputSchema: null, outputSchema: null, annotations: null },
      { name: 'b', title: 'B', description: 'd', inputSchema: {}, outputSchema: {}, annotations: {} },
    ],
    resources: [
      { uri: 'file:///a', name: 'file:///a', description: null, mimeType: null, template: false },
      { uri: 'u', name: 'n', description: 'd', mimeType: 'm', template: false },
      { uri: 'file:///{x}', name: 't', description: null, mimeType: null, template: true },
    ],
    prompts: [
      { name: 'p', description: null, arguments: [] },
      { name: 'q', description: 'd', arguments: [{ name: 'x' }] },
    ],
    notes: [],
  });
});

test('a server without templates of resources has none, and one without a declared list gets a note', async () => {
  const { snapshot } = await read({
    capabilities: { resources: {}, prompts: {} },
    answers: { 'resources/list': { resources: [] } },
  });
  expect([snapshot.resources, snapshot.prompts]).toEqual([[], []]);
  expect(snapshot.notes).toEqual(['The server declares prompts and does not list them: no prompts/list']);
  const other = await read({ capabilities: { resources: {} } });
  expect(other.snapshot.notes).toEqual(['The server declares resources and does not list them: no resources/list']);
});

test('fails without the tools that a server declares', async () => {
  await expect(read()).rejects.toThrow('no tools/list');
});

test('reads fifty pages of a list, and notes that there are more', async () => {
  const pages = (last: number) => (cursor: string | undefined) => {
    const page = Number(cursor ?? 1);
    return { tools: [{ name: `t${page}` }], ...(page < last ? { nextCursor: String(page + 1) } : {}) };
  };
  const whole = await read({ answers: { 'tools/list': pages(50) } });
  expect([whole.snapshot.tools.length, whole.snapshot.notes]).toEqual([50, []]);
  const cut = await read({ answers: { 'tools/list': pages(51) } });
  expect([cut.snapshot.tools.length, cut.snapshot.notes]).toEqual([
    50,
    ['tools/list was read up to page 50: the server has more.'],
  ]);
});

test('stops at a page that comes back, and notes it', async () => {
  const { snapshot } = await read({ answers: { 'tools/list': { tools: [{ name: 'a' }], nextCursor: 'x' } } });
  expect([snapshot.tools.length, snapshot.notes]).toEqual([
    2,
    ['tools/list was read up to page 2: the server repeats a page.'],
  ]);
});
