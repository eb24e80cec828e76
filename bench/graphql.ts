/** Measures the most frequent queries of the dashboard, on PostgreSQL: the list of 200 deployments, and one of them. 16 callers. */
import { Pool } from 'undici';
import { recordFigure } from './figures.ts';
import { openProductionWorld, percentile } from './production-world.ts';

const CALLERS = 16;
const WARM_MS = 2_000;
const MEASURED_MS = 1_000 * Number(process.env['BENCH_SECONDS'] ?? 8);

const LIST = `query List { deployments(first: 50) { pageInfo { hasNextPage endCursor } edges { node {
  id databaseId name source status phase updatedAt endpointUrl access
  failure { code message hint } currentRelease { id number package version runtime } } } } }`;
const DETAIL = `query Detail($id: ID!) { deployment(id: $id) {
  id databaseId name source status phase endpointUrl access isolation createdAt updatedAt lastHealthyAt
  failure { code message hint retryable occurredAt stderrTail }
  currentRelease { id number package version runtime } tools { name description } machine { state region }
  events(first: 20) { edges { node { at status phase message } } } monthlyCost { alwaysOn withSleep currency } } }`;

const world = await openProductionWorld();
const rows: Record<string, unknown>[] = [];
try {
  const owner = await world.addOwner(200);
  const pool = new Pool(world.url.replace('localhost', '127.0.0.1'), { connections: CALLERS });
  for (const [name, query] of Object.entries({ 'list of 50 of 200': LIST, detail: DETAIL })) {
    const body = JSON.stringify({ query, variables: { id: owner.deploymentId } });
    const ask = async () => {
      const answer = await pool.request({
        path: '/graphql',
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${owner.token}` },
        body,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || text.includes('"errors"')) throw new Error(text);
    };
    const took: number[] = [];
    const run = async (milliseconds: number) => {
      took.length = 0;
      const until = performance.now() + milliseconds;
      const callers = Array.from({ length: CALLERS }, async () => {
        while (performance.now() < until) {
          const startedAt = performance.now();
          await ask();
          took.push(performance.now() - startedAt);
        }
      });
      await Promise.all(callers);
    };
    await run(WARM_MS);
    await run(MEASURED_MS);
    recordFigure(`${name}: queries/s`, (took.length / MEASURED_MS) * 1_000);
    recordFigure(`${name}: p99`, percentile(took, 0.99), 'ms');
    rows.push({
      query: name,
      'queries/s': Math.round((took.length / MEASURED_MS) * 1_000),
      'p50 ms': percentile(took, 0.5).toFixed(1),
      'p99 ms': percentile(took, 0.99).toFixed(1),
    });
  }
  await pool.close();
} finally {
  await world.close();
}
console.table(rows);
