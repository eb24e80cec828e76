import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestHost, type TestHost } from '../test-rig.ts';

const path = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));
const INSPECTOR = path('node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');
const DUAL_ERA = path('tests/fixtures/conformance-server/main.ts');
const TIME_LIMIT_MS = 45_000;

let host: TestHost;

/** Names of the tools that the official inspector lists. Rejects with what it printed when it gives up. */
const inspect = async (era: 'auto' | 'legacy' | 'modern'): Promise<string[]> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      INSPECTOR,
      ...['--cli', '--server-url', `${host.url}/mcp`, '--transport', 'http'],
      ...['--protocol-era', era, '--method', 'tools/list'],
    ],
    { timeout: TIME_LIMIT_MS },
  );
  const { tools } = JSON.parse(stdout) as { tools: { name: string }[] }; // the result of tools/list, as it came
  return tools.map(({ name }) => name);
};

describe('the inspector at a legacy server', () => {
  beforeAll(async () => {
    host = await startTestHost();
  });
  afterAll(() => host.close({ drainMs: 0 }));

  test.each(['auto', 'modern', 'legacy'] as const)('lists the tools in its mode %s', async (mode) => {
    expect(await inspect(mode)).toContain('echo');
    expect(host.status()).toMatchObject({ era: 'legacy', phase: 'READY', restarts: 0, lastError: null });
  });
});

describe('the inspector at a server of 2026-07-28 only', () => {
  beforeAll(async () => {
    host = await startTestHost({ package: { runtime: 'command', command: 'node', args: [DUAL_ERA, 'modern'] } });
  });
  afterAll(() => host.close({ drainMs: 0 }));

  test.each(['auto', 'modern', 'legacy'] as const)('lists the tools in its mode %s', async (mode) => {
    expect(await inspect(mode)).toContain('test_simple_text');
    expect(host.status()).toMatchObject({ era: 'modern', restarts: 0, lastError: null });
  });
});

describe('the inspector at a dual-era server', () => {
  beforeAll(async () => {
    host = await startTestHost({ package: { runtime: 'command', command: 'node', args: [DUAL_ERA] } });
  });
  afterAll(() => host.close({ drainMs: 0 }));

  test('auto and modern open no session, legacy does', async () => {
    expect(await inspect('auto')).toContain('test_simple_text');
    expect(await inspect('modern')).toContain('test_simple_text');
    expect(host.status()).toMatchObject({ era: 'modern', sessions: 0 });
    expect(await inspect('legacy')).toContain('test_simple_text');
    expect(host.status()).toMatchObject({ era: 'dual', restarts: 0, lastError: null });
  });
});
