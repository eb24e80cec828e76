/**
 * When the first byte of an event stream reaches the client, counted from the moment the child wrote it: through the
 * host, and by reading the child's own pipe. `node bench/bridge-latency.ts [calls]`
 */
import { spawn } from 'node:child_process';
import { Agent, type IncomingMessage, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { callHeaders, openSession, PROTOCOL_VERSION } from './bridge-client.ts';
import { startCatwalk } from './bridge-targets.ts';
import { recordFigure } from './figures.ts';

const STAMP = fileURLToPath(new URL('./bridge-stamp.ts', import.meta.url));
const TIME_LIMIT_MS = 10_000;
const WARM_UP_CALLS = 300;

const calls = Number(process.argv[2] ?? 2_000);

const callMessage = (id: number): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'x', _meta: { progressToken: id } } });

/** Milliseconds since the time that a piece of text from the child names; all processes read one monotonic clock. */
const millisecondsSince = (text: string, now: bigint): number => {
  const written = /"message":"(\d+)"/.exec(text)?.[1];
  if (written === undefined) throw new Error(`No time in what the child sent first:\n${text}`);
  return Number(now - BigInt(written)) / 1e6;
};

type Probe = { call: (id: number) => Promise<number>; stop: () => Promise<void> };

const throughTheHost = async (): Promise<Probe> => {
  const target = await startCatwalk(STAMP);
  const session = await openSession(target.url);
  const agent = new Agent({ keepAlive: true });
  const call = async (id: number): Promise<number> => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method: 'POST', headers: callHeaders(session), agent, timeout: TIME_LIMIT_MS };
      request(target.url, options, resolve).on('error', reject).end(callMessage(id));
    });
    let delay: number | null = null;
    let text = '';
    for await (const chunk of response) {
      const now = process.hrtime.bigint();
      text += chunk;
      // The stream opens with a comment.
      if (delay === null && text.includes('data: ')) delay = millisecondsSince(text, now);
    }
    return delay ?? millisecondsSince(text, 0n);
  };
  return {
    call,
    async stop() {
      agent.destroy();
      await target.stop();
    },
  };
};

const onThePipe = async (): Promise<Probe> => {
  const child = spawn(process.execPath, [STAMP], { stdio: ['pipe', 'pipe', 'inherit'] });
  let read: (text: string, now: bigint) => void = () => {};
  child.stdout.setEncoding('latin1').on('data', (text: string) => read(text, process.hrtime.bigint()));
  const ask = (message: string, isAnswer: (text: string) => boolean): Promise<number> =>
    new Promise((resolve, reject) => {
      const timeout = setTimeout(() => reject(new Error('The child did not answer.')), TIME_LIMIT_MS);
      let delay = Number.NaN;
      read = (text, now) => {
        if (text.includes('notifications/progress')) delay = millisecondsSince(text, now);
        if (!isAnswer(text)) return;
        clearTimeout(timeout);
        resolve(delay);
      };
      child.stdin.write(`${message}\n`);
    });
  const initialize = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: PROTOCOL_VERSION } };
  const answered = (text: string) => text.includes('"result"');
  await ask(JSON.stringify(initialize), answered);
  return {
    call: (id) => ask(callMessage(id), answered),
    async stop() {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end();
      await ended;
    },
  };
};

const measure = async (start: () => Promise<Probe>): Promise<number[]> => {
  const probe = await start();
  try {
    const delays: number[] = [];
    for (let id = 1; id <= WARM_UP_CALLS + calls; id += 1) {
      const delay = await probe.call(id);
      if (id > WARM_UP_CALLS) delays.push(delay);
    }
    return delays.sort((a, b) => a - b);
  } finally {
    await probe.stop();
  }
};

const at = (sorted: number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;

const pipe = await measure(onThePipe);
const host = await measure(throughTheHost);
const cells = (sorted: number[]) => [0.5, 0.99].map((share) => at(sorted, share).toFixed(3)).join(' | ');
console.log(`First byte after the child wrote it, ${calls} calls one after another, a new stream each.`);
console.log('| read by | p50 ms | p99 ms |');
console.log('|---|---|---|');
console.log(`| the pipe itself | ${cells(pipe)} |`);
console.log(`| an HTTP client of the host | ${cells(host)} |`);
recordFigure('first byte of a stream, p50 added', at(host, 0.5) - at(pipe, 0.5), 'ms', { atMost: 1 });
console.log(
  `| added | ${(at(host, 0.5) - at(pipe, 0.5)).toFixed(3)} | ${(at(host, 0.99) - at(pipe, 0.99)).toFixed(3)} |`,
);
