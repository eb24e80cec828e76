import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHost } from '#deploy/host/cli.ts';
import type { RunningHost } from '#deploy/host/host-options.ts';
import { createRig, type Rig } from '#server/mcp/test-rig.ts';
import { runSuite } from './run-suite.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/conformance-server/main.ts', import.meta.url));

let host: RunningHost;
let rig: Rig;
beforeAll(async () => {
  host = await startHost(
    {
      package: { runtime: 'command', command: 'node', args: [FIXTURE] },
      args: [],
      env: {},
      isolation: 'PER_SESSION',
    },
    { port: 0, host: '127.0.0.1' },
  );
  const current = { machineId: 'm1', origin: `http://127.0.0.1:${host.port}`, headers: {}, token: 'unused' };
  // the suite sends no credentials
  rig = await createRig({ machine: (_req, res) => res.end(), route: { access: 'PUBLIC', current } });
});
afterAll(async () => {
  await rig.close();
  await host.close();
});

test('passes through the endpoint the same 32 scenarios as on the host', { timeout: 180_000 }, async () => {
  const { passed, failed, output } = await runSuite('scenarios', rig.url, ['--suite', 'all']);
  expect(failed, output).toEqual([]);
  expect(passed).toHaveLength(32);
});

test.each([
  ['2025-11-25', 30],
  ['2026-07-28', 37],
] as const)(
  'meets through the endpoint the requirements of %s, %i scenarios',
  { timeout: 180_000 },
  async (revision, scenarios) => {
    const { passed, failed, output } = await runSuite('requirements', rig.url, ['--requirements', revision]);
    expect(failed, output).toEqual([]);
    expect(passed).toHaveLength(scenarios);
  },
);
