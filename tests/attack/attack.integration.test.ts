import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '#server/compose/app.testing.ts';
import { createLog } from '#server/logging/log.ts';
import { barrage } from './barrage.ts';

/** `CATWALK_ATTACKS` is the number of requests, `CATWALK_ATTACK_SEED` chooses them; by default others each day. */
const COUNT = Number(process.env['CATWALK_ATTACKS'] ?? 600);
const SEED = Number(process.env['CATWALK_ATTACK_SEED'] ?? Math.floor(Date.now() / 86_400_000));
const ATTACK_MS_MAX = Math.max(180_000, COUNT * 100);

const lines: string[] = [];
const log = createLog('error', { write: (line) => lines.push(line) });
const rigs: TestApp[] = [];
beforeAll(async () => {
  // One server that lets everything through to its parsers, and one that limits strangers early.
  rigs.push(await openTestApp({ RATE_LIMIT_PER_MINUTE: '1000000', TRUST_PROXY: '1' }, { log }));
  rigs.push(await openTestApp({ RATE_LIMIT_PER_MINUTE: '60' }, { log }));
});
afterAll(async () => {
  for (const rig of rigs) await rig.close();
});

test.each([0, 1])(
  `answers what strangers send without a fault, a line of error or a lasting effect (seed ${SEED}), server %i`,
  async (index) => {
    const rig = rigs[index];
    if (!rig) throw new Error('The server did not start.');
    const rows = () => rig.prisma.user.count();
    const before = await rows();
    const { faults, statuses } = await barrage(rig.app.port, { seed: SEED + index, count: COUNT });
    expect(faults).toEqual([]);
    // the parsers were reached, and the limits where they are in force
    expect(statuses.get(index === 0 ? '400' : '429') ?? 0).toBeGreaterThan(0);
    expect(lines).toEqual([]);
    expect(await rows()).toBe(before);
    expect((await fetch(`${rig.origin}/api/live`)).status).toBe(200);
    if (index !== 0) return; // strangers have used up the limit of this address
    const { token } = await rig.tokenFor(rig.owner.id);
    expect((await rig.ask(token, '{ viewer { id } }')).data).not.toBeNull();
  },
  ATTACK_MS_MAX,
);
