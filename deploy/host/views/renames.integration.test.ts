import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type TestHost, textOf } from '../test-rig.ts';
import type { ToolChange, ViewRules } from '../view-contract.ts';
import { type AnyClient, giveView, HIDING, inView, openClient, startHiding } from './hiding.testing.ts';

/** Rules that hide what HIDING hides, with other names. */
const renaming = (changes: Record<string, ToolChange>, deny: string[] = []): ViewRules => ({
  ...HIDING,
  tools: { allow: null, deny: [...HIDING.tools.deny, ...deny], changes },
});

/** `calls`: a name that a client sends, and the tool that is reached by it; null for none. */
const CASES: { title: string; changes: Record<string, ToolChange>; calls: [string, string | null][] }[] = [
  {
    title: 'two tools that swap their names',
    changes: { read_file: { name: 'list_items' }, list_items: { name: 'read_file' } },
    calls: [
      ['read_file', 'list_items'],
      ['list_items', 'read_file'],
    ],
  },
  {
    title: 'three tools whose names move on',
    changes: { read_file: { name: 'list_items' }, list_items: { name: 'größe' }, größe: { name: 'read_file' } },
    calls: [
      ['list_items', 'read_file'],
      ['größe', 'list_items'],
      ['read_file', 'größe'],
    ],
  },
  {
    title: 'a tool that has the name of a hidden one',
    changes: { größe: { name: 'delete_repo' } },
    calls: [
      ['delete_repo', 'größe'],
      ['größe', null],
      ['admin_reset', null],
    ],
  },
  {
    title: 'a hidden tool with the name of a shown one',
    changes: { delete_repo: { name: 'größe' } },
    calls: [
      ['größe', 'größe'],
      ['delete_repo', null],
    ],
  },
  {
    title: 'two tools with one name, of which the first has it',
    changes: { read_file: { name: 'one' }, list_items: { name: 'one' } },
    calls: [
      ['one', 'read_file'],
      ['list_items', null],
      ['read_file', null],
    ],
  },
  {
    title: 'a name of an object’s own',
    changes: { größe: { name: '__proto__' }, list_items: { name: 'constructor' } },
    calls: [
      ['__proto__', 'größe'],
      ['constructor', 'list_items'],
      ['toString', null],
    ],
  },
  {
    title: 'a name in another Unicode form, which is another name',
    changes: { größe: { name: 'gro\u0308\u00dfe' } },
    calls: [
      ['gro\u0308\u00dfe', 'größe'],
      ['gr\u00f6\u00dfe', null],
    ],
  },
  {
    title: 'a name that looks like that of a hidden tool',
    changes: { größe: { name: 'd\u0435lete_repo' } },
    calls: [
      ['d\u0435lete_repo', 'größe'],
      ['delete_repo', null],
    ],
  },
  {
    title: 'a name with blanks and quotes',
    changes: { größe: { name: ' "a"\\ ' } },
    calls: [
      [' "a"\\ ', 'größe'],
      ['"a"\\', null],
    ],
  },
  {
    title: 'a tool that is renamed to its own name',
    changes: { größe: { name: 'größe' } },
    calls: [['größe', 'größe']],
  },
];

describe.each(['legacy', 'modern'] as const)('names of a view: %s', (era) => {
  let host: TestHost;
  let client: AnyClient;
  let revision = 0;
  const save = async (rules: ViewRules) => {
    revision += 1;
    expect(await giveView(host, rules, revision)).toBe(200);
  };
  beforeAll(async () => {
    host = await startHiding(era);
    await save(HIDING);
    client = await openClient(inView(host), era);
  });
  afterAll(() => host.close());

  const reached = async (): Promise<string[]> => {
    const { message } = await client.request('tools/call', { name: 'reached', arguments: {} });
    return (JSON.parse(textOf(message)) as string[]).filter((one) => !one.startsWith('tool reached'));
  };
  const reachedBy = async (name: string): Promise<string | null> => {
    const before = (await reached()).length;
    const { text } = await client.request('tools/call', { name, arguments: {} });
    expect(text).not.toContain('TOPSECRET');
    const [tool] = (await reached()).slice(before);
    return tool?.split(' ')[1] ?? null;
  };
  const listed = async (): Promise<unknown[]> => {
    const names: unknown[] = [];
    let cursor: unknown;
    do {
      const { message } = await client.request('tools/list', cursor === undefined ? {} : { cursor });
      const { tools, nextCursor } = message?.result ?? {};
      names.push(...(tools as Json[]).map((tool) => tool['name'])); // a list of tools
      cursor = nextCursor;
    } while (cursor !== undefined);
    return names;
  };

  test.each(CASES)('$title', async ({ changes, calls }) => {
    await save(renaming(changes));
    for (const [name, tool] of calls) expect([name, await reachedBy(name)]).toEqual([name, tool]);
    const names = await listed();
    expect(new Set(names).size).toBe(names.length);
    for (const [name, tool] of calls) expect([name, names.includes(name)]).toEqual([name, tool !== null]);
  });

  test('a tool that is renamed twice has its last name alone, in a session that knew the first', async () => {
    await save(renaming({ größe: { name: 'first' } }));
    expect(await reachedBy('first')).toBe('größe');
    await save(renaming({ größe: { name: 'second' } }));
    for (const name of ['first', 'größe']) expect([name, await reachedBy(name)]).toEqual([name, null]);
    expect(await reachedBy('second')).toBe('größe');
    await save(renaming({ größe: { name: 'second' } }, ['gr*']));
    for (const name of ['first', 'second', 'größe']) expect([name, await reachedBy(name)]).toEqual([name, null]);
  });
});
