import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { PLATFORM_PRINCIPAL as principal } from '../contract.ts';
import { createModernClient } from '../modern-client.testing.ts';
import { eventually, startTestHost, TestClient, type TestHost } from '../test-rig.ts';

const DUAL_ERA = fileURLToPath(new URL('../../../tests/fixtures/conformance-server/main.ts', import.meta.url));

let host: TestHost;
afterEach(() => host.close({ drainMs: 0 }));

/** The platform's handshake: it asks for both eras. */
const handshake = async () => {
  const modern = await createModernClient(host, { principal }).request('server/discover');
  const legacy = await TestClient.open(host, { principal });
  return { modern, legacy };
};

test('asking a legacy server for its era starts no second child', async () => {
  host = await startTestHost();
  const { modern, legacy } = await handshake();
  expect(modern.error).toBeDefined();
  expect(await legacy.tool('requests')).toContain('server/discover');
  expect(host.status()).toMatchObject({ era: 'legacy', children: [{ era: 'legacy' }] });
});

test('a server of both eras keeps one child, and is known for both', async () => {
  host = await startTestHost({ package: { runtime: 'command', command: 'node', args: [DUAL_ERA] } });
  const { modern } = await handshake();
  expect(modern.result).toBeDefined();
  await eventually('the other child to end', () => host.status().children.length === 1);
  expect(host.status()).toMatchObject({ era: 'dual', children: [{ era: 'legacy' }] });
});

test('a server that ends when it is asked for its era has not crashed', async () => {
  host = await startTestHost({ env: { FIXTURE_START: 'initialize-first' } });
  const { legacy } = await handshake();
  expect(await legacy.tool('echo', { text: 'hi' })).toBe('hi');
  expect(host.status()).toMatchObject({ era: 'legacy', restarts: 0, lastError: null });
  expect(await host.logs()).toContain('The server ended when it was asked for MCP 2026-07-28, and is started again.');
});

test('a server that fails for a reason of its own is reported as failed, whichever question came first', async () => {
  host = await startTestHost({ env: { FIXTURE_START: 'needs-key' } });
  await expect(handshake()).rejects.toThrow('EXAMPLE_API_KEY');
  expect(host.status().lastError).toMatchObject({ code: 'MISSING_CREDENTIAL' });
});

test('a server that ignores the question goes on with the process that it has', async () => {
  host = await startTestHost({ env: { FIXTURE_START: 'ignores-unknown' } });
  const before = await eventually('the first process', () => host.status().children[0] ?? null);
  const { legacy } = await handshake();
  expect(await legacy.tool('pid')).toBe(String(before.pid));
});
