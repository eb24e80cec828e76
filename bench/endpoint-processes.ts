/**
 * How the endpoint grows with its processes. Load generator and upstream share the cores with it, so that two processes at
 * full speed show the end of the computer, not of the endpoint: here each process gets the same small share of a core,
 * which makes it the only thing that is short. Wants `wrk` and the right to make control groups.
 */
import { openCpuQuota } from './cpu-quota.ts';
import { endAll, isInstalled, load, median, startServer } from './endpoint-contest.ts';
import { recordFigure, recordSkipped } from './figures.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
/** For each process, so that each is as busy as the only one is. */
const CONNECTIONS = 16;
const PROCESSES = [1, 2, 3];
const SHARE = 0.08;

async function main(): Promise<void> {
  if (!isInstalled('wrk', '-v')) return recordSkipped('wrk cannot be found. apt-get install wrk');
  const quota = await openCpuQuota();
  if (quota === null) return recordSkipped('this user may not make control groups (run it as root, on Linux).');
  try {
    const upstream = await startServer('upstream');
    const contestants = [];
    for (const count of PROCESSES) {
      const contestant = await startServer('workers', upstream.origin, String(count));
      await load(contestant, CONNECTIONS * count, SECONDS); // warm, while it may still use all it wants
      for (const pid of contestant.pids) await quota.limit(pid, SHARE);
      contestants.push({ count, contestant, perSecond: [] as number[] });
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { count, contestant, perSecond } of contestants) {
        perSecond.push((await load(contestant, CONNECTIONS * count, SECONDS)).perSecond);
      }
    }
    const [alone] = contestants.map(({ perSecond }) => median(perSecond));
    console.log(
      `\nEach process has ${SHARE * 100} % of a core and ${CONNECTIONS} connections; medians of ${ROUNDS} rounds\n`,
    );
    console.log('| processes behind one port | requests/s | × one |\n|---|---|---|');
    for (const { count, perSecond } of contestants) {
      const ratio = median(perSecond) / (alone ?? Number.NaN);
      if (count > 1) recordFigure(`${count} processes, × one`, ratio, '', ...(count === 2 ? [{ atLeast: 1.8 }] : []));
      console.log(`| ${count} | ${Math.round(median(perSecond))} | ${ratio.toFixed(2)} |`);
    }
  } finally {
    await endAll();
    await quota.close();
  }
}

await main();
