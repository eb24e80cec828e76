import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { createCollector, type FileSet } from '#server/domain/analysis/files/file-set.ts';
import type { Origin } from '#server/domain/analysis/repository/origin.ts';
import {
  type RepositoryReading,
  type RepositoryServer,
  readRepository,
} from '#server/domain/analysis/repository/read-repository.ts';
import { recordFigure } from './figures.ts';

const envSchema = z.object({
  name: z.string(),
  required: z.enum(['hard', 'lazy', 'optional']),
  secret: z.boolean(),
  oneOf: z.string().nullish(),
  scope: z.string(),
});
const truthSchema = z.looseObject({
  verdict: z.enum(['mcp-server', 'remote-only', 'not-mcp']),
  servers: z
    .array(
      z.looseObject({
        subfolder: z.string().nullable(),
        runtime: z.string(),
        package: z.string(),
        alternatives: z.array(z.string()).default([]),
        env: z.array(envSchema).default([]),
      }),
    )
    .default([]),
  env_neutral: z.array(z.string()).nullish(),
  env_wrong: z.array(z.string()).nullish(),
});
type Truth = z.infer<typeof truthSchema>;

const VERDICTS: Record<RepositoryReading['verdict'], Truth['verdict']> = {
  MCP_SERVER: 'mcp-server',
  NEEDS_LOCAL_APP: 'mcp-server',
  REMOTE_ONLY: 'remote-only',
  LIBRARY: 'not-mcp',
  NOT_MCP: 'not-mcp',
};
const RUNTIMES: Record<Origin, string> = {
  npm: 'npm',
  pypi: 'pypi',
  'git-npm': 'npm-git',
  'git-pypi': 'pypi-git',
  'git-go': 'source',
  'git-cargo': 'source',
  oci: 'oci',
  source: 'source',
  remote: 'remote',
};

async function readCorpus(folder: string): Promise<FileSet> {
  const collector = createCollector();
  const root = join(folder, 'files');
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = relative(root, join(entry.parentPath, entry.name));
    const content = await readFile(join(root, path));
    if (collector.wants(path, content.length)) collector.add(path, content);
  }
  const tree = z
    .array(z.looseObject({ path: z.string() }))
    .parse(JSON.parse(await readFile(join(folder, 'tree.json'), 'utf8')));
  return { ...collector.result(), paths: tree.map((entry) => entry.path) };
}

const names = (server: RepositoryServer, owner: string, repo: string): string[] => {
  const git = `${owner}/${repo}`.toLowerCase();
  return server.origin === 'git-npm' || server.origin === 'git-pypi' ? [git] : [server.name.toLowerCase()];
};

const isSame = (server: RepositoryServer, truth: Truth['servers'][number], owner: string, repo: string): boolean => {
  const all = [`${truth.runtime} ${truth.package}`, ...truth.alternatives].map((one) => one.toLowerCase());
  return all.some(
    (one) =>
      one.startsWith(`${RUNTIMES[server.origin]} `) &&
      names(server, owner, repo).some((name) => one.includes(name.replace(/[._]/g, '-')) || one.includes(name)),
  );
};

type Sums = Record<
  | 'servers'
  | 'right'
  | 'listed'
  | 'extra'
  | 'truth'
  | 'found'
  | 'reported'
  | 'correct'
  | 'flags'
  | 'flagsRight'
  | 'wrongRequired',
  number
>;
/**
 * Scores the analysis of real repositories, from documents and manifests alone, against what is true of them. The
 * corpus is a folder of `owner__repo` with `files/`, `tree.json` and `truth.json`.
 */
export async function scoreCorpus(corpus: string, verbose: boolean): Promise<void> {
  const sums: Sums = {
    servers: 0,
    right: 0,
    listed: 0,
    extra: 0,
    truth: 0,
    found: 0,
    reported: 0,
    correct: 0,
    flags: 0,
    flagsRight: 0,
    wrongRequired: 0,
  };
  const rows: Record<string, string | number>[] = [];
  const times: number[] = [];
  let verdictsRight = 0;
  const folders = (await readdir(corpus, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

  for (const folder of folders) {
    const [owner = '', repo = ''] = folder.split('__');
    const files = await readCorpus(join(corpus, folder));
    const truth = truthSchema.parse(JSON.parse(await readFile(join(corpus, folder, 'truth.json'), 'utf8')));
    const started = performance.now();
    const reading = readRepository({ owner, repo, files, subfolder: null });
    const took = performance.now() - started;
    times.push(took);
    const verdictRight = VERDICTS[reading.verdict] === truth.verdict;
    if (verdictRight) verdictsRight++;

    const neutral = new Set(truth.env_neutral ?? []);
    const wrong = new Set(truth.env_wrong ?? []);
    const notes: string[] = [];
    let [found, wanted, correct, reported] = [0, 0, 0, 0];
    const unmatched = new Set(reading.servers);
    for (const expected of truth.servers) {
      sums.servers++;
      const same = reading.servers.filter(
        (server) => server.subfolder === expected.subfolder || truth.servers.length === 1,
      );
      const server = same.find((one) => isSame(one, expected, owner, repo)) ?? same[0];
      if (!server) {
        notes.push(`missing ${expected.package}`);
        continue;
      }
      unmatched.delete(server);
      sums.listed++;
      if (isSame(server, expected, owner, repo)) sums.right++;
      else notes.push(`${server.origin} ${server.name} ≠ ${expected.runtime} ${expected.package}`);

      const fields = new Map(server.needs.credentials.map((field) => [field.name, field]));
      const known = new Map(expected.env.map((env) => [env.name, env]));
      for (const env of expected.env.filter((one) => one.scope === 'stdio')) {
        wanted++;
        const field = fields.get(env.name);
        if (!field) {
          notes.push(`-${env.name}`);
          continue;
        }
        found++;
        sums.flags += 2;
        const requiredRight =
          (field.requirement !== 'OPTIONAL') === (env.required !== 'optional') ||
          (env.oneOf !== null && env.oneOf !== undefined);
        const secretRight = (field.kind === 'SECRET') === env.secret;
        sums.flagsRight += Number(requiredRight) + Number(secretRight);
        if (!requiredRight) notes.push(`${env.name}: requirement ${field.requirement}`);
        if (!secretRight) notes.push(`${env.name}: ${field.kind}`);
      }
      for (const field of server.needs.credentials) {
        const env = known.get(field.name);
        if (neutral.has(field.name)) continue;
        if (wrong.has(field.name) && field.required) sums.wrongRequired++;
        if (env && env.scope !== 'stdio') {
          if (field.required) {
            reported++;
            notes.push(`!${field.name} required`);
          }
          continue;
        }
        reported++;
        if (env) correct++;
        else notes.push(`+${field.name}${wrong.has(field.name) ? ' (wrong)' : ''}`);
      }
    }
    if (unmatched.size > 0 && truth.servers.length > 0) {
      sums.extra += unmatched.size;
      notes.push(`extra ${[...unmatched].map((server) => server.name).join(' ')}`);
    }
    sums.truth += wanted;
    sums.found += found;
    sums.reported += reported;
    sums.correct += correct;
    rows.push({
      repository: folder.replace('__', '/'),
      verdict: verdictRight ? 'right' : `${reading.verdict}`,
      servers: `${reading.servers.length}/${truth.servers.length}`,
      recall: `${found}/${wanted}`,
      precision: `${correct}/${reported}`,
      ms: Math.round(took),
    });
    if (verbose && notes.length > 0) console.log(`${folder}\n   ${notes.join('\n   ')}`);
  }

  const ratio = (part: number, whole: number): string => (whole === 0 ? '–' : (part / whole).toFixed(3));
  const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  recordFigure('documents: verdict right', verdictsRight / folders.length, '', { atLeast: 1 });
  recordFigure('documents: runtime and package right', sums.right / sums.servers, '', { atLeast: 0.95 });
  recordFigure('documents: variables, recall', sums.found / sums.truth, '', { atLeast: 0.82 });
  recordFigure('documents: variables, precision', sums.correct / sums.reported, '', { atLeast: 0.9 });
  recordFigure('documents: required and secret flags', sums.flagsRight / sums.flags, '', { atLeast: 0.85 });
  recordFigure('documents: wrong names asked as required', sums.wrongRequired, '', { atMost: 0 });
  recordFigure('documents: median time a repository', median, 'ms', { atMost: 300 });
  console.table(rows);
  console.table({
    'verdict right': { is: `${verdictsRight}/${folders.length}`, goal: 'all' },
    'runtime and package right': { is: ratio(sums.right, sums.servers), goal: '≥ 0.95' },
    'servers listed': { is: `${sums.listed}/${sums.servers}`, goal: 'all' },
    'extra servers': { is: sums.extra, goal: 0 },
    'variables recall': { is: ratio(sums.found, sums.truth), goal: '≥ 0.82' },
    'variables precision': { is: ratio(sums.correct, sums.reported), goal: '≥ 0.90' },
    'required and secret flags': { is: ratio(sums.flagsRight, sums.flags), goal: '≥ 0.85' },
    'wrong names asked for as required': { is: sums.wrongRequired, goal: 0 },
    'median ms': { is: Math.round(median), goal: '< 300' },
  });
}
