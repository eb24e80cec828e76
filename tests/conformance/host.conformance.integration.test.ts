import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningHost } from '#deploy/host/host-options.ts';
import { BUILDS, run, SUITES, startBuild, untranslatable } from './builds.ts';

describe.each(BUILDS)('the host over a server that speaks %s', (build) => {
  let host: RunningHost;
  beforeAll(async () => {
    host = await startBuild(build);
  });
  afterAll(() => host.close({ drainMs: 0 }));

  test.each(SUITES)('passes the official suite %s, %i scenarios', { timeout: 180_000 }, async (suite, scenarios) => {
    const { passed, failed, output } = await run(`http://127.0.0.1:${host.port}/mcp`, suite);
    expect(failed, output).toEqual(untranslatable(build, suite));
    expect(passed).toHaveLength(scenarios - failed.length);
  });
});
