import type { Check } from '../check.ts';

const EVENT_MS_MAX = 2_000;
const GIVE_UP_MS = 15_000;

/** Milliseconds until the first bytes of a stream arrive; null when none do in 15 s. */
async function firstBytesMs(answer: Response, from: number): Promise<number | null> {
  const reader = answer.body?.getReader();
  const limit = AbortSignal.timeout(GIVE_UP_MS);
  const late = new Promise<null>((resolve) => limit.addEventListener('abort', () => resolve(null), { once: true }));
  const first = await Promise.race([reader?.read() ?? null, late]);
  await reader?.cancel().catch(() => {}); // the connection may be gone
  return first === null || first.done ? null : Math.round(performance.now() - from);
}

export const clientAddress: Check = {
  id: 'F1',
  assumes:
    'Fly’s proxy sets Fly-Client-IP, and appends two entries to X-Forwarded-For, of which the first is the client’s.',
  async run(world, signal) {
    const { app, machine } = await world.probe(signal);
    const answer = await world.call(machine.id, app, '/headers', {
      headers: { 'x-forwarded-for': '192.0.2.1' },
      signal,
    });
    const headers = (await answer.json()) as Record<string, string>; // what the probe sends
    const client = headers['fly-client-ip'] ?? null;
    const entries = (headers['x-forwarded-for'] ?? '').split(',').map((one) => one.trim());
    const added = entries.slice(entries.indexOf('192.0.2.1') + 1);
    return {
      seen: `Fly-Client-IP is ${client ?? 'absent'}; ${added.length} entries were appended to X-Forwarded-For.`,
      asAssumed: client !== null && added.length === 2 && added[0] === client,
    };
  },
};

export const compressedStreams: Check = {
  id: 'F4',
  assumes: 'An event stream asked for without compression arrives event by event.',
  async run(world, signal) {
    const { app, machine } = await world.probe(signal);
    const look = async (encoding: string) => {
      const from = performance.now();
      const headers = { 'accept-encoding': encoding, accept: 'text/event-stream' };
      const answer = await world.call(machine.id, app, '/events', { headers, signal });
      const sent = answer.headers.get('content-encoding') ?? 'no';
      return { sent, firstMs: await firstBytesMs(answer, from) };
    };
    const gzip = await look('gzip');
    const identity = await look('identity');
    return {
      seen: `With gzip: ${gzip.sent} compression, first event after ${gzip.firstMs ?? 'more than 15,000'} ms. With identity: ${identity.sent} compression, first event after ${identity.firstMs ?? 'more than 15,000'} ms.`,
      asAssumed: identity.sent === 'no' && identity.firstMs !== null && identity.firstMs <= EVENT_MS_MAX,
    };
  },
};

export const lateAnswer: Check = {
  id: 'F7',
  assumes: 'An answer that comes after 90 s of silence arrives.',
  async run(world, signal) {
    const { app, machine } = await world.probe(signal);
    const from = performance.now();
    const status = await world
      .call(machine.id, app, `/late?ms=${world.lateMs}`, { signal })
      .then(async (answer) => {
        await answer.body?.cancel();
        return String(answer.status);
      })
      .catch((error: unknown) => `a broken connection (${error instanceof Error ? error.message : String(error)})`);
    const seconds = ((performance.now() - from) / 1_000).toFixed(1);
    return {
      seen: `An answer that was due after ${world.lateMs / 1_000} s was ${status} after ${seconds} s.`,
      asAssumed: status === '200',
    };
  },
};
