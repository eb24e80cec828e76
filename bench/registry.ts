/**
 * The copy of a registry with 20,000 servers: how long the first reading takes, what memory it costs, and how quick
 * searches are, on the embedded database and on PostgreSQL.
 */
import { type Database, openDatabase } from '#prisma/client.ts';
import { startPostgres } from '#prisma/test-postgres.testing.ts';
import { createSafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import { createMcpRegistryReader } from '#server/domain/registry/mcp-registry-reader.ts';
import { countMatching, type RegistrySort, searchPage } from '#server/domain/registry/search.ts';
import { npmServer, startRegistryStandIn } from '#server/domain/registry/stand-in.testing.ts';
import { syncSource } from '#server/domain/registry/sync.ts';
import { recordFigure } from './figures.ts';

const SERVERS = Number(process.env['BENCH_REGISTRY_SERVERS'] ?? 20_000);
const ROUNDS = 40;
const WORDS =
  'weather notes github postgres search files browser email calendar music maps images vector cloud logs'.split(' ');

/** The same every time: no randomness. */
const word = (seed: number): string => WORDS[(seed * 7919) % WORDS.length] ?? 'other';
const servers = Array.from({ length: SERVERS }, (_, at) =>
  npmServer(`io.github.${word(at)}${at % 997}/${word(at + 3)}-${at}-mcp-server`, {
    title: `${word(at + 3)} ${word(at + 5)} ${at}`,
    description: `Lets a model work with ${word(at + 1)} and ${word(at + 2)}; reads ${word(at + 4)}, writes ${word(at + 6)}.`,
    publishedAt: new Date(1_750_000_000_000 + at * 60_000).toISOString(),
  }),
);

const SEARCHES: [string, string, RegistrySort][] = [
  ['a word', 'postgres', 'RELEVANCE'],
  ['two words', 'github weather', 'RELEVANCE'],
  ['one letter', 'm', 'RELEVANCE'],
  ['part of a word', 'ithu', 'RELEVANCE'],
  ['a name', servers[777]?.name ?? '', 'RELEVANCE'],
  ['nothing', 'zzzzzz', 'RELEVANCE'],
  ['newest', '', 'NEWEST'],
  ['newest with a word', 'calendar', 'NEWEST'],
  ['by name', '', 'NAME'],
];

const quantile = (sorted: number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
const megabytes = (bytes: number): number => Math.round(bytes / 1_048_576);

async function measure(kind: Database['kind'], database: Database): Promise<void> {
  const standIn = await startRegistryStandIn(servers);
  const { fetch, close } = createSafeFetch([standIn.url]);
  const reader = createMcpRegistryReader({ fetch, url: standIn.url });
  const log = { info: () => {}, warn: () => {} };
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 100);
  const started = performance.now();
  const deps = { database, now: () => new Date(), random: () => 0.5, pause: async () => {}, log };
  const outcome = await syncSource(deps, 'MCP_REGISTRY', reader, AbortSignal.timeout(300_000));
  clearInterval(watch);
  if (outcome !== 'done') throw new Error(`The reading ended with ${outcome}.`);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  recordFigure(`${kind}: first reading of ${standIn.requests.length} pages`, Number(seconds), 's');
  console.log(
    `\n${kind}: ${SERVERS} servers in ${standIn.requests.length} pages read in ${seconds} s; resident memory ${megabytes(before)} MB before, ${megabytes(peak)} MB at most`,
  );
  await close();
  await standIn.close();
  await database.prisma.$executeRaw`ANALYZE "RegistryServer"`;

  console.log('| search | matches | p50 ms | p95 ms | count p95 ms |\n|---|---|---|---|---|');
  for (const [name, text, sort] of SEARCHES) {
    const query = { text, sort, deployableOnly: false };
    const times: number[] = [];
    const counts: number[] = [];
    let matches = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const begun = performance.now();
      await searchPage(database.prisma, query, { after: null, take: 31 });
      const searched = performance.now();
      matches = await countMatching(database.prisma, query);
      times.push(searched - begun);
      counts.push(performance.now() - searched);
    }
    times.sort((a, b) => a - b);
    counts.sort((a, b) => a - b);
    recordFigure(`${kind}: search, ${name}, p95`, Number(quantile(times, 0.95)), 'ms');
    console.log(
      `| ${name} | ${matches} | ${quantile(times, 0.5)} | ${quantile(times, 0.95)} | ${quantile(counts, 0.95)} |`,
    );
  }
}

const embedded = await openDatabase({ kind: 'pglite', directory: null });
await measure('pglite', embedded);
await embedded.close();
const server = await startPostgres();
const postgres = await openDatabase({ kind: 'postgres', url: server.url });
await measure('postgres', postgres);
await postgres.close();
await server.stop();
