import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '#prisma/client.ts';
import { startPostgres } from '#prisma/test-postgres.testing.ts';
import { listedFrom } from './mcp-registry-reader.ts';
import { countMatching, type Position, type RegistryQuery, searchPage } from './search.ts';
import { npmServer, type StandInServer, startRegistryStandIn } from './stand-in.testing.ts';
import { storePage } from './store.ts';

const SERVERS: StandInServer[] = [
  npmServer('io.github.github/github-mcp-server', {
    title: 'GitHub',
    description: 'Repositories, issues and pull requests.',
    publishedAt: '2026-01-01T00:00:00Z',
  }),
  npmServer('io.github.someone/notes', {
    title: 'Notes',
    description: 'Takes notes and links them to GitHub issues.',
    publishedAt: '2026-03-01T00:00:00Z',
  }),
  npmServer('com.stripe/mcp', { description: 'Payments.', publishedAt: '2026-02-01T00:00:00Z' }),
  npmServer('io.github.old/github-old', { title: 'GitHub', status: 'deprecated', publishedAt: '2025-01-01T00:00:00Z' }),
  npmServer('io.github.gone/github-gone', { title: 'GitHub', status: 'deleted' }),
  npmServer('com.example/far', {
    title: 'Ärzte',
    more: { packages: [], remotes: [{ type: 'sse', url: 'https://far.example' }] },
  }),
];
const ALL: RegistryQuery = { text: '', sort: 'RELEVANCE', deployableOnly: false };

describe.each(['pglite', 'postgres'] as const)('on %s', (kind) => {
  let database: Database;
  const closers: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    if (kind === 'postgres') {
      const server = await startPostgres();
      closers.push(server.stop);
      database = await openDatabase({ kind, url: server.url });
    } else database = await openDatabase({ kind, directory: null });
    const standIn = await startRegistryStandIn(SERVERS);
    const answer = await fetch(`${standIn.url}/v0.1/servers?limit=100&updated_since=2000-01-01`);
    const page = (await answer.json()) as { servers: unknown[] }; // what the stand-in lists
    await standIn.close();
    const listed = page.servers.map(listedFrom).filter((one) => one != null);
    await database.transaction((tx) => storePage(tx, 'MCP_REGISTRY', listed, new Date()));
  });
  afterAll(async () => {
    await database.close();
    for (const close of closers) await close();
  });

  const names = async (query: Partial<RegistryQuery>, take = 10, after: Position | null = null) =>
    (await searchPage(database.prisma, { ...ALL, ...query }, { after, take })).map(({ name }) => name);

  test('ranks names above descriptions and deprecated servers lower, and omits deleted servers', async () => {
    expect(await names({ text: 'github' })).toEqual([
      'io.github.github/github-mcp-server',
      'io.github.old/github-old',
      'io.github.someone/notes',
    ]);
  });

  test.each([
    ['the beginning of a word', 'gith issu', ['io.github.github/github-mcp-server', 'io.github.someone/notes']],
    ['a publisher', 'stripe', ['com.stripe/mcp']],
    ['the end of a name', 'ripe', ['com.stripe/mcp']],
    ['words that every server has', 'notes mcp server', ['io.github.someone/notes']],
    ['letters beyond ASCII', 'ärz', ['com.example/far']],
    ['the whole name', 'com.stripe/mcp', ['com.stripe/mcp']],
    ['marks of the query language', "') & ! | <-> :* notes \\", ['io.github.someone/notes']],
    ['nothing known', 'zzzz', []],
  ])('finds by %s', async (_, text, expected) => {
    expect(await names({ text })).toEqual(expected);
    expect(await countMatching(database.prisma, { ...ALL, text })).toBe(expected.length);
  });

  test('without words the newest come first; by name and deployable alone on request', async () => {
    expect((await names({})).slice(0, 2)).toEqual(['com.example/far', 'io.github.someone/notes']);
    expect(await names({ sort: 'NAME', deployableOnly: true })).toEqual([
      'io.github.github/github-mcp-server',
      'io.github.old/github-old',
      'com.stripe/mcp',
      'io.github.someone/notes',
    ]);
  });

  test.each([
    ['RELEVANCE', 'github'],
    ['NEWEST', ''],
    ['NAME', ''],
  ] as const)('pages by %s hold every server once', async (sort, text) => {
    const whole = await names({ sort, text });
    const paged: string[] = [];
    for (let after: Position | null = null; ; ) {
      const [next] = await searchPage(database.prisma, { ...ALL, sort, text }, { after, take: 1 });
      if (!next) break;
      paged.push(next.name);
      after = next;
    }
    expect(paged).toEqual(whole);
  });
});
