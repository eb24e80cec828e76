import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHost } from '#deploy/host/cli.ts';
import type { HostIsolation } from '#deploy/host/contract.ts';
import type { RunningHost } from '#deploy/host/host-options.ts';
import { runSuite } from './run-suite.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/conformance-server/main.ts', import.meta.url));

const start = (isolation: HostIsolation): Promise<RunningHost> =>
  startHost(
    { package: { runtime: 'command', command: 'node', args: [FIXTURE] }, args: [], env: {}, isolation },
    { port: 0, host: '127.0.0.1' },
  );

let host: RunningHost;
beforeAll(async () => {
  host = await start('PER_SESSION');
});
afterAll(() => host.close());

const url = () => `http://127.0.0.1:${host.port}/mcp`;

test('passes all 32 scenarios of the official suite', { timeout: 180_000 }, async () => {
  const { passed, failed, output } = await runSuite('scenarios', url(), ['--suite', 'all']);
  expect(failed, output).toEqual([]);
  expect(passed).toHaveLength(32);
});

test.each([
  ['2025-11-25', 30],
  ['2026-07-28', 37],
] as const)('meets the requirements of %s, %i scenarios', { timeout: 180_000 }, async (revision, scenarios) => {
  const { passed, failed, output } = await runSuite('requirements', url(), ['--requirements', revision]);
  expect(failed, output).toEqual([]);
  expect(passed).toHaveLength(scenarios);
});
