/**
 * Measures machines that sleep under idle clients:
 *
 *   npm run bench:sleep
 *
 * BENCH_STREAMS (5,000) parked streams, for their memory and their processor time; then deployments in real processes, each
 * with an idle official client: half hold the GET stream of a session, half `subscriptions/listen`. BENCH_REAL (20) of a
 * published server, which needs the npm registry, and BENCH_DEPLOYMENTS (100) of a small one. Time that is only waited for is
 * skipped. A start by hand is `node` with the program from the install cache, `initialize` and the same call.
 */
import { measureDeployments, REAL, SMALL } from './sleep-deployments.ts';
import { measureParked } from './sleep-parked.ts';

const DEPLOYMENTS = Number(process.env['BENCH_DEPLOYMENTS'] ?? 100);
const REAL_DEPLOYMENTS = Number(process.env['BENCH_REAL'] ?? 20);
const STREAMS = Number(process.env['BENCH_STREAMS'] ?? 5_000);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 40);

console.log(`\nMachines that sleep under idle clients, Node ${process.version}\n\n| | |\n|---|---|`);
if (STREAMS > 0) await measureParked(STREAMS, SECONDS);
if (REAL_DEPLOYMENTS > 0) await measureDeployments(REAL, REAL_DEPLOYMENTS);
if (DEPLOYMENTS > 0) await measureDeployments(SMALL, DEPLOYMENTS);
