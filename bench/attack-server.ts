/** A server in a process of its own, which measures how late its event loop is and how much memory it holds. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openTestApp } from '#server/compose/app.testing.ts';

const RESOLUTION_MS = 5;

const rig = await openTestApp({ RATE_LIMIT_PER_MINUTE: '1000000', TRUST_PROXY: '1' });
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

/** Memory that is still held, not what waits for the garbage collector. */
const heldMb = async (): Promise<number> => {
  for (let times = 0; times < 3; times += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return process.memoryUsage.rss() / 1e6;
};

process.on('message', async (wanted) => {
  if (wanted === 'begin') {
    const rssMb = await heldMb();
    delay.reset();
    delay.enable();
    process.send?.({ rssMb });
  } else if (wanted === 'end') {
    delay.disable();
    const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
    process.send?.({ p99Ms: late(delay.percentile(99)), maxMs: late(delay.max), rssMb: await heldMb() });
  } else {
    await rig.close();
    process.exit(0);
  }
});
process.send?.({ port: rig.app.port });
