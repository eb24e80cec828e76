import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningHost } from '#deploy/host/host-options.ts';
import { createRig, type Rig } from '#server/mcp/test-rig.ts';
import { BUILDS, run, SUITES, startBuild, untranslatable } from './builds.ts';

describe.each(BUILDS)('the endpoint of a server that speaks %s', (build) => {
  let host: RunningHost;
  let rig: Rig;
  beforeAll(async () => {
    host = await startBuild(build);
    const current = { machineId: 'm1', origin: `http://127.0.0.1:${host.port}`, headers: {}, token: 'unused' };
    // the suite sends no credentials
    rig = await createRig({ machine: (_req, res) => res.end(), route: { access: 'PUBLIC', current } });
  });
  afterAll(async () => {
    await rig.close();
    await host.close({ drainMs: 0 });
  });

  test.each(SUITES)(
    'passes the same scenarios of %s as on the host: %i',
    { timeout: 180_000 },
    async (suite, scenarios) => {
      const { passed, failed, output } = await run(rig.url, suite);
      expect(failed, output).toEqual(untranslatable(build, suite));
      expect(passed).toHaveLength(scenarios - failed.length);
    },
  );
});
