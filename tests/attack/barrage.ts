import { connect } from 'node:net';
import { createRandom } from '#server/domain/deployments/testing/schedule.testing.ts';
import { type Attack, attackOf } from './requests.ts';

/** Requests that are under way at once. */
const AT_ONCE = 32;
/** A connection without an end is a failure of its own. */
const CONNECTION_MS_MAX = 60_000;
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;

export type Outcome = {
  /** Answers by status; `closed` for connections that ended without one. */
  statuses: Map<string, number>;
  /** Attacks whose answer is a fault of the server: a status of 5xx, an answer that is too long, or none in time. */
  faults: string[];
};

/** Sends that many requests of the seed, some of them at once. */
export async function barrage(port: number, { seed, count }: { seed: number; count: number }): Promise<Outcome> {
  const random = createRandom(seed);
  const outcome: Outcome = { statuses: new Map(), faults: [] };
  let sent = 0;
  const sender = async () => {
    while (sent < count) {
      const number = sent++;
      const attack = attackOf(random, `127.0.0.1:${port}`);
      const status = await send(port, attack);
      outcome.statuses.set(status, (outcome.statuses.get(status) ?? 0) + 1);
      // 503 is what the pages of a dashboard that is not built answer
      if (/^5(?!03)|too long|no end/.test(status)) outcome.faults.push(`#${number} ${attack.kind}: ${status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return outcome;
}

function send(port: number, { bytes, leaves }: Attack): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(port, '127.0.0.1');
  let start = '';
  let length = 0;
  const timer = setTimeout(() => end('no end'), CONNECTION_MS_MAX);
  const end = (status: string) => {
    clearTimeout(timer);
    socket.destroy();
    resolve(status);
  };
  socket.on('data', (chunk: Buffer) => {
    if (start.length < 12) start += chunk.toString('latin1');
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX) end('too long');
  });
  socket.on('error', () => {}); // the server may close in the middle of a body
  socket.on('close', () => end(/^HTTP\/1\.1 (\d{3})/.exec(start)?.[1] ?? 'closed'));
  if (leaves === 'at once') socket.end(bytes, () => end('left'));
  else socket.write(bytes);
  return promise;
}
