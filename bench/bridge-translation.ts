/**
 * Measures the price of translating between the eras: the same tool, called as its server speaks and translated, in one
 * run; and the memory of calls that are parked for input. `node --expose-gc bench/bridge-translation.ts [seconds]`
 */
import { fileURLToPath } from 'node:url';
import { startHost } from '#deploy/host/cli.ts';
import { callBody, callHeaders, modernBody, modernHeaders, openSession } from './bridge-client.ts';
import { type Load, measureRequests } from './bridge-load.ts';
import { isInstalled } from './endpoint-contest.ts';
import { recordFigure, recordSkipped } from './figures.ts';

const ECHO = fileURLToPath(new URL('./bridge-echo.ts', import.meta.url));
const seconds = Number(process.argv[2] ?? 5);
const ROUNDS = 3;
const IN_FLIGHT = 16;
const PARKED = 1_000;
const KILOBYTE = 1_024;

if (!isInstalled('wrk', '-v')) {
  recordSkipped('wrk cannot be found. apt-get install wrk');
  process.exit();
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const start = (build: 'legacy' | 'modern') =>
  startHost(
    { package: { runtime: 'command', command: 'node', args: [ECHO, build] }, args: [], env: {}, isolation: 'AUTO' },
    { port: 0, host: '127.0.0.1' },
  );

type Measured = Load & {
  /** Processor time of the host for each call, in microseconds. */
  microseconds: number;
};

const measure = async (client: Parameters<typeof measureRequests>[0]): Promise<Measured> => {
  const before = process.cpuUsage();
  const load = await measureRequests(client);
  const { user, system } = process.cpuUsage(before);
  return { ...load, microseconds: (user + system) / (load.callsPerSecond * client.seconds) };
};

/** Both clients at one server: one of them speaks its era, the other is translated. */
const contest = async (build: 'legacy' | 'modern') => {
  const host = await start(build);
  const url = `http://127.0.0.1:${host.port}/mcp`;
  const session = await openSession(url);
  const clients = {
    legacy: { url, headers: callHeaders(session), body: callBody(-1) },
    modern: { url, headers: modernHeaders('echo'), body: modernBody(-1, 'echo') },
  };
  const loads: Record<'legacy' | 'modern', { many: Measured[]; one: Measured[] }> = {
    legacy: { many: [], one: [] },
    modern: { many: [], one: [] },
  };
  for (const client of Object.values(clients)) await measureRequests({ ...client, inFlight: IN_FLIGHT, seconds: 2 });
  for (let round = 0; round < ROUNDS; round += 1)
    for (const era of ['legacy', 'modern'] as const) {
      loads[era].many.push(await measure({ ...clients[era], inFlight: IN_FLIGHT, seconds }));
      loads[era].one.push(await measure({ ...clients[era], inFlight: 1, seconds }));
    }
  await host.close({ drainMs: 0 });
  const own = loads[build];
  const other = loads[build === 'legacy' ? 'modern' : 'legacy'];
  const errors = [own, other].flatMap(({ many, one }) => [...many, ...one]).reduce((sum, load) => sum + load.errors, 0);
  if (errors > 0) throw new Error(`${errors} calls failed.`);
  const calls = ({ many }: typeof own) => median(many.map(({ callsPerSecond }) => callsPerSecond));
  const microseconds = ({ many }: typeof own) => median(many.map((load) => load.microseconds)).toFixed(1);
  const p50 = ({ one }: typeof own) => median(one.map(({ p50Ms }) => p50Ms));
  console.log(
    `${build} server: ${Math.round(calls(own))} calls/s as it speaks, ${Math.round(calls(other))} translated; p50 of one call ${p50(own).toFixed(3)} and ${p50(other).toFixed(3)} ms; ${microseconds(own)} and ${microseconds(other)} µs of the host's processor time a call`,
  );
  recordFigure(`translated calls to a ${build} server, of those that are not`, calls(other) / calls(own), '×', {
    atLeast: 0.7,
  });
  recordFigure(`added to the p50 of a call to a ${build} server`, p50(other) - p50(own), 'ms', { atMost: 0.06 });
};

const collect = globalThis.gc ?? (() => console.warn('Run with --expose-gc for exact figures.'));
const heapKb = (): number => {
  collect();
  collect();
  return process.memoryUsage().heapUsed / KILOBYTE;
};

/** Calls that wait for their clients to come back with the input. */
const park = async () => {
  const host = await start('legacy');
  const url = `http://127.0.0.1:${host.port}/mcp`;
  const call = async (id: number) => {
    const response = await fetch(url, { method: 'POST', headers: modernHeaders('ask'), body: modernBody(id, 'ask') });
    const answer = await response.text();
    if (!answer.includes('input_required')) throw new Error(`The call was not parked: ${answer}`);
  };
  for (let id = 0; id < 50; id += 1) await call(id);
  const before = heapKb();
  for (let id = 50; id < 50 + PARKED; id += 50) await Promise.all(Array.from({ length: 50 }, (_, at) => call(id + at)));
  const held = (heapKb() - before) / PARKED;
  const cpu = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${PARKED} parked calls: ${held.toFixed(1)} kB each; ${((user + system) / 50_000).toFixed(2)} % of a processor`,
  );
  recordFigure('a call that is parked for input', held, 'kB', { atMost: 20 });
  await host.close({ drainMs: 0 });
};

await contest('legacy');
await contest('modern');
await park();
process.exit();
