/**
 * This checkout against another commit, alternating in one run, as ratios: `npm run bench:against -- COMMIT`.
 *
 *   --only idle,endpoint,main   some parts
 *   --rounds N                  rounds of each part (3)
 *
 * The other commit is built in a worktree of its own in the temporary folder, and removed at the end. `endpoint` calls
 * through both endpoints in short turns over one upstream. The figures of `main` are those of each commit's own bench;
 * one that a commit does not have is left out.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startPostgres } from '#prisma/test-postgres.testing.ts';
import { measureEndpoints } from './endpoint-pairs.ts';
import type { Line } from './figures.ts';
import { measureIdle } from './idle-server.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const PARTS = ['idle', 'endpoint', 'main'] as const;
const BENCH_MS_MAX = 15 * 60_000;
/** Turns of the two endpoints for each round asked for. */
const PAIRS_A_ROUND = 8;
const run = promisify(execFile);

/** The goal for the ratio of this checkout to the other; `null`: reported only. */
const GOALS: Record<string, string> = {
  'idle, PostgreSQL, MB': '≤ 0.55',
  'idle, embedded database, MB': '≤ 0.6',
  'npm start to healthy on a folder in use, s': '≤ 0.5',
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, rounds: { type: 'string', default: '3' } },
});
const [commit] = positionals;
if (commit === undefined) throw new Error('Name the commit to compare with: npm run bench:against -- COMMIT');
const rounds = Number(values.rounds);
const parts = new Set(values.only?.split(',') ?? PARTS);

type Side = 'other' | 'this';
const figures = new Map<string, Record<Side, number[]>>();
const note = (what: string, side: Side, figure: number): void => {
  const known = figures.get(what) ?? { other: [], this: [] };
  known[side].push(figure);
  figures.set(what, known);
};

const folder = await mkdtemp(path.join(tmpdir(), 'catwalk-against-'));
const other = path.join(folder, 'checkout');
const sides: [Side, string][] = [
  ['other', other],
  ['this', ROOT],
];
try {
  await run('git', ['worktree', 'add', '--quiet', '--detach', other, commit], { cwd: ROOT });
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: other, maxBuffer: 1 << 26 });
  for (const [, checkout] of sides)
    await run('npm', ['run', '--silent', 'build'], { cwd: checkout, maxBuffer: 1 << 26 });
  if (parts.has('idle')) await compareIdle();
  if (parts.has('endpoint')) await compareEndpoints();
  for (let round = 0; parts.has('main') && round < rounds; round += 1) await compareBench('main-job.ts');
  print();
} finally {
  await run('git', ['worktree', 'remove', '--force', other], { cwd: ROOT }).catch(() => {});
  await rm(folder, { recursive: true, force: true });
}

/** Each side has data folders of its own: an older commit may not read what a newer one has migrated. */
async function compareIdle(): Promise<void> {
  const postgres = await Promise.all(sides.map(() => startPostgres()));
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const [at, [side, checkout]] of sides.entries()) {
        const embedded = await measureIdle(checkout, path.join(folder, `embedded-${side}`), {});
        const url = postgres[at]?.url ?? '';
        const onPostgres = await measureIdle(checkout, path.join(folder, `postgres-${side}`), { DATABASE_URL: url });
        if (round === 0) continue; // the first start fills the folders
        note('npm start to healthy on a folder in use, s', side, embedded.healthySeconds);
        note('npm start to healthy, PostgreSQL, s', side, onPostgres.healthySeconds);
        note('processor time until healthy, PostgreSQL, s', side, onPostgres.cpuSeconds);
        note('idle, embedded database, MB', side, embedded.residentMb);
        note('idle, PostgreSQL, MB', side, onPostgres.residentMb);
      }
    }
  } finally {
    await Promise.all(postgres.map((one) => one.stop()));
  }
}

async function compareEndpoints(): Promise<void> {
  const pairs = await measureEndpoints(other, rounds * PAIRS_A_ROUND);
  if (pairs.length === 0) console.log('endpoint: wrk is missing.');
  for (const pair of pairs) {
    for (const [side] of sides) {
      note('endpoint, requests/s', side, pair[side].perSecond);
      note('endpoint, processor time a request, µs', side, pair[side].cpuMicros);
    }
  }
}

async function compareBench(name: string): Promise<void> {
  for (const [side, checkout] of sides) {
    if (!existsSync(path.join(checkout, 'bench', name))) continue;
    const file = path.join(folder, `${side}-${name}.jsonl`);
    await rm(file, { force: true });
    const env = { ...process.env, BENCH_ROUNDS: '1', BENCH_FIGURES: file };
    await run(process.execPath, [path.join('bench', name)], {
      cwd: checkout,
      env,
      timeout: BENCH_MS_MAX,
      maxBuffer: 1 << 26,
    });
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    for (const line of lines.map((text) => JSON.parse(text) as Line)) {
      if ('skipped' in line) console.log(`${name}: ${line.skipped}`);
      else note(`${line.what}${line.unit ? `, ${line.unit}` : ''}`, side, line.figure);
    }
  }
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function print(): void {
  const load = loadavg()[0]?.toFixed(1);
  console.log(
    `\n${cpus().length} cores, Node ${process.version}, medians of ${rounds} rounds and of their ratios, load ${load}\n`,
  );
  console.log(
    `| figure | ${commit?.slice(0, 7)} | this | this ÷ ${commit?.slice(0, 7)} | goal |\n|---|---|---|---|---|`,
  );
  for (const [what, of] of figures) {
    const shown = [median(of.other), median(of.this)].map((one) => (Number.isFinite(one) ? one.toPrecision(4) : '–'));
    // of each turn, not of the medians: both sides of a turn met the same computer
    const ratio = median(of.this.flatMap((now, turn) => now / (of.other[turn] ?? Number.NaN)));
    console.log(
      `| ${what} | ${shown.join(' | ')} | ${Number.isFinite(ratio) ? `${ratio.toFixed(2)} ×` : '–'} | ${GOALS[what] ?? ''} |`,
    );
  }
}
