/**
 * BENCH_CALLS (1,000,000) calls of a real server's tool through the endpoint, on PostgreSQL. What grows? Heap (kept small, so that a
 * leak would end the server), open files and sockets, rows: before, and after each tenth.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { writeGreeter } from '../tests/cli/greeter.ts';
import { analyze, deploy, untilRunning } from '../tests/instances/deploy.ts';
import { openSession } from '../tests/instances/mcp-session.ts';
import { isInstalled } from './endpoint-contest.ts';
import { recordFigure, recordSkipped } from './figures.ts';
import { openProductionWorld } from './production-world.ts';

const CALLS = Number(process.env['BENCH_CALLS'] ?? 1_000_000);
const SLICES = 10;
const SLICE_SECONDS = 10;
const METRICS_TOKEN = 'soak';

if (!isInstalled('wrk', '-v')) {
  recordSkipped('wrk cannot be found. apt-get install wrk');
  process.exit();
}

const run = promisify(execFile);
const folder = await mkdtemp(path.join(tmpdir(), 'cw-soak-'));
const world = await openProductionWorld({ METRICS_TOKEN, NODE_OPTIONS: '--max-old-space-size=256' });

const figure = (text: string, name: string): number => {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `) || one.startsWith(`${name}{`));
  return Number(line?.split(' ').at(-1));
};

async function look(calls: number) {
  const answer = await fetch(`${world.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  const text = await answer.text();
  const [usage, events, logs] = await Promise.all([
    world.prisma.usageRollup.count(),
    world.prisma.deploymentEvent.count(),
    world.prisma.logEntry.count(),
  ]);
  return {
    calls,
    'heap MB': Math.round(figure(text, 'nodejs_heap_size_used_bytes') / 1e6),
    'resident MB': Math.round((await world.memory()) / 1e6),
    handles: await world.handles(),
    'open calls': figure(text, 'catwalk_endpoint_open'),
    'usage rows': usage,
    'event rows': events,
    'log rows': logs,
  };
}

try {
  const { token } = JSON.parse(await readFile(path.join(world.dataDir, 'cli.json'), 'utf8')) as { token: string };
  const ask = async <T>(query: string, variables: object = {}): Promise<T> => {
    const answer = await fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    return ((await answer.json()) as { data: T }).data; // GraphQL over HTTP
  };
  await writeGreeter(folder);
  const deployed = await deploy({ ask }, await analyze({ ask }, folder));
  await untilRunning({ ask }, deployed);
  const session = await openSession(deployed);
  const headers = session.headers();

  const rows = [await look(0)];
  let calls = 0;
  let errors = 0;
  while (calls < CALLS) {
    const target = calls + CALLS / SLICES;
    while (calls < target) {
      const { stdout } = await run('wrk', [
        ...['-t1', '-c32', `-d${SLICE_SECONDS}s`, '-s', path.join(import.meta.dirname, 'soak-call.lua')],
        ...[session.url, '--', deployed.accessToken, headers['mcp-session-id']],
      ]);
      const [, made, failed] = /calls (\d+) errors (\d+)/.exec(stdout) ?? [];
      calls += Number(made);
      errors += Number(failed);
    }
    rows.push(await look(calls));
  }
  console.table(rows);
  console.log(`${calls} calls, ${errors} errors`);
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) throw new Error('Nothing was looked at.');
  recordFigure('calls', calls);
  recordFigure('calls that failed', errors, '', { atMost: 0 });
  recordFigure('growth of the heap', last['heap MB'] - first['heap MB'], 'MB', { atMost: 20 });
  recordFigure('growth of handles', last.handles - first.handles, '', { atMost: 100 });
  recordFigure(
    'rows of events and logs added',
    last['event rows'] + last['log rows'] - first['event rows'] - first['log rows'],
  );
  recordFigure('rows of usage', last['usage rows'], '', { atMost: 20 });
} finally {
  await world.close();
  await rm(folder, { recursive: true, force: true });
}
