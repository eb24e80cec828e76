/**
 * Observes real MCP servers from npm, and writes docs/servers.md:
 *
 *   node scripts/servers.ts                 every server of bench/form-servers.json
 *   node scripts/servers.ts PACKAGE…        these only; the rows of the others stay
 *   node scripts/servers.ts --missing       those that have no row for their version
 *   node scripts/servers.ts --render        no server: writes the page from the rows that are kept
 *
 * Four servers are installed at once and started one after another, each bounded to two minutes. It needs bubblewrap and the npm registry.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type FormServer, formServers } from '../bench/form-servers.ts';
import { commandFile, installPackage } from './servers/install.ts';
import { observe, speaksModern } from './servers/observe.ts';
import { placeholderFor } from './servers/placeholders.ts';
import { renderServers } from './servers/render.ts';
import { readResults, type ServerResult, writeResults } from './servers/results.ts';
import { writtenSince } from './servers/written-files.ts';

const RESULTS = path.join(import.meta.dirname, 'servers/results.json');
/** Packages that are installed at once: they share most of their dependencies. */
const GROUP = 4;
const PAGE = path.join(import.meta.dirname, '../docs/servers.md');

async function observeServer(server: FormServer, install: string): Promise<ServerResult> {
  const root = await mkdtemp(path.join(tmpdir(), 'catwalk-servers-'));
  const folders = { install, home: path.join(root, 'home'), work: path.join(root, 'work') };
  try {
    await Promise.all([mkdir(folders.home), mkdir(folders.work)]);
    const words = [await commandFile(folders.install, server.package), ...server.fixed];
    const startedMs = Date.now();
    const bare = await observe(folders, words, {});
    const demanded = Object.keys(server.variables).filter((name) => server.variables[name] === 'hard');
    const isFilled = bare.start !== 'answers' && demanded.length > 0;
    const variables = isFilled ? Object.fromEntries(demanded.map((name) => [name, placeholderFor(name)])) : {};
    const filled = isFilled ? await observe(folders, words, variables) : null;
    const written = await Promise.all([
      writtenSince('code', folders.install, startedMs),
      writtenSince('HOME', folders.home, startedMs),
      writtenSince('work', folders.work, startedMs),
    ]);
    const answering = filled ?? bare;
    if (answering.start === 'answers') answering.modern = await speaksModern(folders, words, variables);
    // a path of this run says nothing to a reader
    const hide = (text: string) => text.replaceAll(install, '').replaceAll(root, '');
    for (const seen of [bare, filled]) if (seen?.reason) seen.reason.text = hide(seen.reason.text).slice(0, 300);
    return {
      package: server.package,
      version: server.version,
      words: server.fixed,
      seenOn: new Date().toISOString().slice(0, 10),
      bare,
      placeholders: isFilled ? demanded : [],
      filled,
      written: written.flat(),
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const { values, positionals } = parseArgs({
  options: { render: { type: 'boolean', default: false }, missing: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const known = (await formServers(undefined)).filter(({ verdicts }) => verdicts.includes('MCP_SERVER'));
const unknown = positionals.filter((name) => known.every((server) => server.package !== name));
if (unknown.length > 0) throw new Error(`Not in bench/form-servers.json: ${unknown.join(', ')}.`);
let results = await readResults(RESULTS);
const hasRow = ({ package: name, version }: FormServer): boolean =>
  results.some((result) => result.package === name && result.version === version);
const chosen = known.filter(
  (server) => (positionals.length === 0 || positionals.includes(server.package)) && !(values.missing && hasRow(server)),
);
let failed = 0;
const report = (name: string, error: unknown): void => {
  failed += 1;
  process.stderr.write(`${name}: not observed: ${error instanceof Error ? error.message : String(error)}\n`);
};

async function observeGroup(group: readonly FormServer[]): Promise<void> {
  const install = await mkdtemp(path.join(tmpdir(), 'catwalk-installed-'));
  try {
    await installPackage(
      install,
      group.map((server) => `${server.package}@${server.version}`),
    );
    for (const server of group) {
      try {
        const result = await observeServer(server, install);
        results = [...results.filter((one) => one.package !== server.package), result];
        await writeResults(RESULTS, results);
        const then = result.filled ? `, then ${result.filled.start}` : '';
        process.stdout.write(`${server.package}: ${result.bare.start}${then}\n`);
      } catch (error) {
        report(server.package, error);
      }
    }
  } catch (error) {
    for (const server of group) report(server.package, error);
  } finally {
    await rm(install, { recursive: true, force: true });
  }
}

for (let at = 0; at < chosen.length && !values.render; at += GROUP) await observeGroup(chosen.slice(at, at + GROUP));
await writeFile(PAGE, renderServers(await readResults(RESULTS)));
process.exitCode = failed > 0 ? 1 : 0;
