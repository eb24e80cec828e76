import { parseArgs } from 'node:util';
import { systemClock } from '#deploy/clock.ts';
import { createMachinesClient, FLY_MACHINES_API } from '#deploy/fly/client.ts';
import { CHECKS, runCheck } from './checks.ts';
import { createWorld } from './world.ts';

const USAGE = `Looks at what Fly really does, where the documentation leaves Catwalk to assume something.

  FLY_API_TOKEN=… FLY_ORG=acme FLY_MCP_IMAGE=registry.fly.io/…@sha256:… npm run fly:first-hour [-- --only F3,F5]

--only     the checks to run; all when it is left out
--region   where the machines run; iad when it is left out

The token must be one of the organization's owner (fly tokens create org). Apps named catwalk-first-hour-… and
catwalk-probe-… are made and deleted again; it takes about ten minutes and costs some cents. F5 needs the organization's
private network: run it where the backend runs.`;

const LATE_MS = 90_000;
const PRIVATE_MS = 90_000;
const ALL_MS_MAX = 60 * 60_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, region: { type: 'string', default: 'iad' }, help: { type: 'boolean' } },
  });
  const { FLY_API_TOKEN: token, FLY_ORG: organization, FLY_MCP_IMAGE: image, FLY_API_BASE_URL } = process.env;
  if (values.help || !token || !organization || !image) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const baseUrl = FLY_API_BASE_URL ?? FLY_MACHINES_API;
  const machines = createMachinesClient({ baseUrl, token });
  const world = createWorld({
    ...{ baseUrl, token, organization, image, machines, region: values.region },
    fetch: globalThis.fetch,
    clock: systemClock,
    lateMs: LATE_MS,
    privateMs: PRIVATE_MS,
    package: { name: 'firecrawl-mcp', version: '3.26.0', env: { FIRECRAWL_API_KEY: 'first-hour' } },
  });
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => ended.abort(new Error('It was ended.')));
  const limit = AbortSignal.any([ended.signal, AbortSignal.timeout(ALL_MS_MAX)]);
  const wanted = values.only?.split(',');
  let differ = 0;
  try {
    for (const check of CHECKS.filter(({ id }) => wanted === undefined || wanted.includes(id))) {
      if (ended.signal.aborted) break;
      const { id, assumes, seen, asAssumed } = await runCheck(check, world, limit);
      if (asAssumed === false) differ += 1;
      const mark = asAssumed === null ? '?' : asAssumed ? '✓' : '✗';
      process.stdout.write(`${mark} ${id}  ${seen}\n      Assumed: ${assumes}\n`);
    }
  } finally {
    const left = await world.cleanUp();
    process.stdout.write(
      left.length === 0 ? '\nEverything was deleted again.\n' : `\nDelete by hand: ${left.join(', ')}\n`,
    );
    await machines.close();
  }
  if (differ > 0)
    process.stdout.write('Where a line begins with ✗, search the code for its number: "first hour: F3".\n');
  return differ === 0 ? 0 : 1;
}

process.exitCode = await main();
