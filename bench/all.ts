/**
 * Every bench in turn, and all their figures in one table at the end: what, figure, goal, met or not.
 *
 *   npm run bench                           all of them; about an hour on an idle computer of two cores
 *   npm run bench -- endpoint soak          some of them
 *   npm run bench -- --short                small loads, to see that everything runs; says nothing about speed
 *
 * A bench that fails or is skipped says so in the table and does not end the others; the exit code is 1 when one failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Figure, isMet, type Line } from './figures.ts';

const BENCHES: Record<string, string[]> = {
  main: ['main-job.ts'],
  bridge: ['bridge.ts'],
  'bridge-latency': ['bridge-latency.ts'],
  'bridge-memory': ['--expose-gc', 'bridge-memory.ts'],
  'bridge-translation': ['--expose-gc', 'bridge-translation.ts'],
  endpoint: ['endpoint.ts'],
  'endpoint-processes': ['endpoint-processes.ts'],
  'endpoint-streams': ['endpoint-streams.ts'],
  analysis: ['analysis.ts'],
  boxes: ['boxes.ts'],
  lifecycle: ['lifecycle.ts'],
  'second-try': ['second-try.ts'],
  registry: ['registry.ts'],
  calls: ['call-log.ts'],
  sleep: ['sleep.ts'],
  subscribers: ['subscribers.ts'],
  graphql: ['graphql.ts'],
  dashboard: ['dashboard.ts'],
  attack: ['attack.ts'],
  soak: ['soak.ts'],
};
const SHORT = {
  BENCH_SECONDS: '1',
  BENCH_ROUNDS: '1',
  BENCH_STREAMS: '200',
  BENCH_DEPLOYMENTS: '10',
  BENCH_REST_SECONDS: '5',
  BENCH_REGISTRY_SERVERS: '500',
  BENCH_SUBSCRIBERS: '100',
  BENCH_CALLS: '20000',
  BENCH_ROWS: '50000',
};
const BENCH_MS_MAX = 60 * 60_000;

const { values, positionals } = parseArgs({
  options: { short: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !(name in BENCHES));
if (unknown.length > 0)
  throw new Error(`No bench is called ${unknown.join(', ')}: ${Object.keys(BENCHES).join(', ')}.`);
const chosen = Object.entries(BENCHES).filter(([name]) => positionals.length === 0 || positionals.includes(name));

type Outcome = { name: string; lines: Line[]; failure: string | null };

async function run(name: string, args: string[], folder: string): Promise<Outcome> {
  process.stderr.write(`\n## ${name}\n\n`);
  const file = path.join(folder, `${name}.jsonl`);
  const script = args.map((one) => (one.endsWith('.ts') ? path.join(import.meta.dirname, one) : one));
  const bench = spawn(process.execPath, script, {
    env: { ...process.env, ...(values.short ? SHORT : {}), BENCH_FIGURES: file },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const late = setTimeout(() => bench.kill(), BENCH_MS_MAX);
  const [code, signal] = (await once(bench, 'exit')) as [number | null, string | null]; // as documented
  clearTimeout(late);
  const text = await readFile(file, 'utf8').catch(() => ''); // it reported no figures
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line); // written by figures.ts
  return { name, lines, failure: code === 0 ? null : `failed: ${signal ?? `exit code ${code}`}` };
}

const rounded = (figure: number): string =>
  Number.isInteger(figure) || Math.abs(figure) >= 100
    ? Math.round(figure).toLocaleString('en-US')
    : String(Number(figure.toPrecision(Math.abs(figure) < 1 ? 4 : 3))); // a goal may be missed by little

function toRow(name: string, { what, figure, unit = '', goal }: Figure): string {
  const met = isMet({ what, figure, ...(goal === undefined ? {} : { goal }) });
  const wanted = goal === undefined ? '' : 'atMost' in goal ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`;
  const verdict = met === null ? '' : met ? 'met' : '**missed**';
  const shown = `${Number.isFinite(figure) ? rounded(figure) : '–'} ${unit}`.trimEnd();
  return `| ${name} | ${what} | ${shown} | ${wanted} | ${verdict} |`;
}

function toRows({ name, lines, failure }: Outcome): string[] {
  const rows = lines.map((line) =>
    'skipped' in line ? `| ${name} | skipped: ${line.skipped} | | | |` : toRow(name, line),
  );
  if (failure !== null) rows.push(`| ${name} | **${failure}** | | | |`);
  return rows;
}

const folder = await mkdtemp(path.join(tmpdir(), 'cw-bench-figures-'));
const outcomes: Outcome[] = [];
try {
  for (const [name, args] of chosen) outcomes.push(await run(name, args, folder));
} finally {
  await rm(folder, { recursive: true, force: true });
}
const load = (await readFile('/proc/loadavg', 'utf8').catch(() => '')).split(' ')[0];
console.log(`\n${cpus().length} cores, load ${load || 'unknown'} at the end, Node ${process.version}`);
if (values.short) console.log('Short loads: these figures say nothing about speed.');
console.log('\n| bench | what | figure | goal | |\n|---|---|---|---|---|');
for (const row of outcomes.flatMap(toRows)) console.log(row);
process.exitCode = outcomes.some(({ failure }) => failure !== null) ? 1 : 0;
