/**
 * Measures the log of calls, recorded arguments and results, and views.
 *
 *   node bench/call-log.ts            the host with each of them and without, then the table of calls
 *   BENCH_ROWS=10000000               rows of the table (default 1,000,000); 0 leaves the table out
 *   BENCH_DATABASE=postgres           on PostgreSQL in place of the embedded database
 *   BENCH_SECONDS=2 BENCH_ROUNDS=15   seconds of a turn and rounds of turns at the host; 0 seconds leave the host out
 *
 * A host records the calls that carry a label, and shows a view to callers of one, so that all alternate at one host, in
 * one run. Turns are short and many, and each is compared with the others of its round: other work on the computer then
 * weighs on all. The processor time of the host for a call depends on other work the least.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startHost } from '#deploy/host/cli.ts';
import { CALLER_HEADER, PRINCIPAL_HEADER, RECORD_BODIES_HEADER } from '#deploy/host/header-contract.ts';
import { principalInView, VIEW_HEADER, VIEW_PATH, type ViewRules } from '#deploy/host/view-contract.ts';
import { callBody, callHeaders, modernBody, modernHeaders, openSession } from './bridge-client.ts';
import { measureRequests } from './bridge-load.ts';
import { measureTable } from './call-log-table.ts';
import { isInstalled } from './endpoint-contest.ts';
import { recordFigure, recordSkipped } from './figures.ts';

const ECHO = fileURLToPath(new URL('./bridge-echo.ts', import.meta.url));
const COLLECTOR = fileURLToPath(new URL('./call-collector.ts', import.meta.url));
const seconds = Number(process.env['BENCH_SECONDS'] ?? 2);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 15);
const ROWS = Number(process.env['BENCH_ROWS'] ?? 1_000_000);
const IN_FLIGHT = 16;
const WARM_UP_SECONDS = 2;

/** `cpuMicros`: processor time of this process, which is the host, for each call. */
type Round = { callsPerSecond: number; cpuMicros: number };

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Starts the collector; the result ends it and resolves to what it has seen. */
const collect = (origin: string): (() => Promise<{ recorded: number; lost: number }>) => {
  const collector = spawn(process.execPath, [COLLECTOR, origin], { stdio: ['pipe', 'pipe', 'inherit'] });
  const printed = text(collector.stdout);
  return async () => {
    collector.stdin.end();
    return JSON.parse(await printed) as { recorded: number; lost: number }; // the collector's own report
  };
};

/** Rules like those of people: a tool with another name and a hidden argument, and resources that are hidden. */
const RULES: ViewRules = {
  tools: { allow: null, deny: ['other_*'], changes: { echo: { name: 'say', arguments: { trace: { hidden: true } } } } },
  prompts: { allow: null, deny: [] },
  resources: { allow: null, deny: ['secret://*'] },
  instructions: null,
};

/** What is switched on at the host, and the share of the speed without it that is to be left. */
const MODES = ['off', 'log', 'bodies', 'view'] as const;
type Mode = (typeof MODES)[number];
const GOALS = { log: 0.97, bodies: 0.85, view: 0.95 };
const TITLES = { log: 'the log', bodies: 'recorded arguments and results', view: 'a view' };

/** The address and the request of each mode, at one host. */
const clientsOf = async (origin: string, era: 'legacy' | 'modern') => {
  const held = { id: 'v', revision: 1, rules: RULES };
  const given = await fetch(`${origin}/views`, { method: 'POST', body: JSON.stringify(held) });
  if (!given.ok) throw new Error(`The host does not take the view: ${given.status}.`);
  const request = async (url: string, tool: string, headers: Record<string, string> = {}) => {
    const of =
      era === 'legacy'
        ? { headers: callHeaders(await openSession(url, headers)), body: callBody(-1, tool) }
        : { headers: modernHeaders(tool), body: modernBody(-1, tool) };
    return { url, body: of.body, headers: { ...of.headers, ...headers } };
  };
  const off = await request(`${origin}/mcp`, 'echo');
  const log = { ...off, headers: { ...off.headers, [CALLER_HEADER]: 'public' } };
  return {
    off,
    log,
    bodies: { ...log, headers: { ...log.headers, [RECORD_BODIES_HEADER]: '1' } },
    view: await request(`${origin}${VIEW_PATH}/mcp`, 'say', {
      [PRINCIPAL_HEADER]: principalInView('bench', 'v'),
      [VIEW_HEADER]: '1',
    }),
  };
};

const contest = async (era: 'legacy' | 'modern') => {
  const host = await startHost(
    { package: { runtime: 'command', command: 'node', args: [ECHO, era] }, args: [], env: {}, isolation: 'AUTO' },
    { port: 0, host: '127.0.0.1' },
  );
  const origin = `http://127.0.0.1:${host.port}`;
  const clients = await clientsOf(origin, era);
  const stop = collect(origin);
  const measure = async (mode: Mode, inSeconds: number): Promise<Round> => {
    const before = process.cpuUsage();
    const load = await measureRequests({ ...clients[mode], inFlight: IN_FLIGHT, seconds: inSeconds });
    const { user, system } = process.cpuUsage(before);
    if (load.errors > 0) throw new Error(`${load.errors} calls failed.`);
    return { callsPerSecond: load.callsPerSecond, cpuMicros: (user + system) / (load.callsPerSecond * inSeconds) };
  };
  for (const mode of MODES) await measure(mode, WARM_UP_SECONDS);
  const rounds: Record<Mode, Round[]> = { off: [], log: [], bodies: [], view: [] };
  for (let round = 0; round < ROUNDS; round += 1)
    for (const mode of round % 2 === 0 ? MODES : MODES.toReversed()) rounds[mode].push(await measure(mode, seconds));
  const { recorded, lost } = await stop();
  await host.close({ drainMs: 0 });
  const rate = median(rounds.off.map(({ callsPerSecond }) => callsPerSecond));
  const cpu = (mode: Mode) => median(rounds[mode].map(({ cpuMicros }) => cpuMicros));
  console.log(
    `${era}: ${Math.round(rate)} calls/s and ${cpu('off').toFixed(1)} µs of the host's processor time a call with all off; median of ${ROUNDS} rounds; ${recorded} recorded, ${lost} lost; load ${(loadavg()[0] ?? 0).toFixed(1)}`,
  );
  for (const mode of ['log', 'bodies', 'view'] as const) {
    const ratio = median(rounds.off.map((off, at) => (rounds[mode][at]?.callsPerSecond ?? 0) / off.callsPerSecond));
    const cpuRatio = cpu('off') / cpu(mode);
    const goal = { atLeast: GOALS[mode] };
    console.log(
      `  ${mode}: calls × ${ratio.toFixed(3)}, processor time × ${cpuRatio.toFixed(3)} (${cpu(mode).toFixed(1)} µs a call); goal ${GOALS[mode]}`,
    );
    recordFigure(`calls of a ${era} client with ${TITLES[mode]}, of those without`, ratio, '×', goal);
    recordFigure(`processor time of the host without ${TITLES[mode]}, of that with it (${era})`, cpuRatio, '×', goal);
  }
};

if (seconds > 0) {
  if (isInstalled('wrk', '-v')) {
    await contest('legacy');
    await contest('modern');
  } else recordSkipped('wrk cannot be found. apt-get install wrk');
}
if (ROWS === 0) process.exit();
const folder = await mkdtemp(path.join(tmpdir(), 'bench-calls-'));
try {
  await measureTable({
    kind: process.env['BENCH_DATABASE'] === 'postgres' ? 'postgres' : 'pglite',
    rows: ROWS,
    folder,
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
