import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PackageSpec } from '../package-spec.ts';
import { eventually, startTestHost, type TestHost } from '../test-rig.ts';
import { startNpmRegistry } from './registry.testing.ts';

/** npm, pip and git are programs of their own: on a busy computer they take their time. */
export const TEST_LIMIT_MS = 180_000;
const INSTALL_LIMIT_MS = 150_000;

/** The smallest server: tells how it was started. */
export const SERVER = `#!/usr/bin/env node
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  const result = method === 'initialize'
    ? { protocolVersion: params.protocolVersion, capabilities: {}, serverInfo: { name: 'tiny', version: '1' } }
    : { content: [{ type: 'text', text: JSON.stringify({ args: process.argv.slice(2), built: (() => { try { return require('./built.js'); } catch { return null; } })() }) }] };
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
});
`;

/** Hosts that install packages from a registry of the test, into a cache that they share. */
export async function openInstallRig(packages: Parameters<typeof startNpmRegistry>[0] = []) {
  const before = { ...process.env };
  const registry = await startNpmRegistry(packages);
  process.env['npm_config_registry'] = registry.url;
  process.env['npm_config_fetch_retries'] = '0';
  process.env['npm_config_cache'] = await mkdtemp(join(tmpdir(), 'catwalk-npm-cache-'));
  const cacheDir = await mkdtemp(join(tmpdir(), 'catwalk-cache-'));
  const hosts: TestHost[] = [];

  return {
    registry,
    cacheDir,
    start: async (spec: PackageSpec, args: string[] = []): Promise<TestHost> => {
      const host = await startTestHost({ package: spec, args }, { cacheDir });
      hosts.push(host);
      return host;
    },
    closeHosts: async (): Promise<void> => {
      await Promise.all(hosts.splice(0).map((host) => host.close({ drainMs: 0 })));
    },
    close: async (): Promise<void> => {
      const npmCache = process.env['npm_config_cache'] ?? '';
      process.env = before;
      await registry.close();
      for (const folder of [cacheDir, npmCache]) await rm(folder, { recursive: true, force: true });
    },
  };
}

export type InstallRig = Awaited<ReturnType<typeof openInstallRig>>;

/** Resolves when the host has installed its package, or has failed to. */
export const settled = async (host: TestHost): Promise<void> => {
  await eventually('the install to end', () => host.status().phase !== 'INSTALLING', INSTALL_LIMIT_MS);
};

export const failureOf = async (host: TestHost) => {
  await eventually('the failure', () => host.status().phase === 'FAILED', INSTALL_LIMIT_MS);
  return host.status().lastError;
};
