import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { probeTestBox } from '../../local/fixtures/box-support.ts';
import type { HostConfig } from '../contract.ts';
import { startMachineHost } from '../machine-host.testing.ts';
import { TestClient } from '../test-rig.ts';
import { type PullRegistry, startPullRegistry } from './registry.testing.ts';
import { SHELL_CONFIG, shellLayers } from './shell-image.testing.ts';

const LOGIN = { username: 'ann', password: 'p-1' };

let registry: PullRegistry;
let digest = '';
beforeAll(async () => {
  registry = await startPullRegistry({ access: 'token', login: LOGIN });
  ({ digest } = registry.addImage({ config: SHELL_CONFIG, layers: shellLayers() }));
});
afterAll(() => registry?.close());

const config = (): HostConfig => ({
  package: { runtime: 'oci', image: `${registry.host}/acme/shell`, digest },
  registries: { trusted: [registry.origin], login: LOGIN },
  args: [],
  env: { KEY: 'k-1' },
  isolation: 'AUTO',
  memoryMb: 512,
});

const start = async (environment: Record<string, string> = {}) => {
  const host = await startMachineHost(config(), environment);
  onTestFinished(() => host.stop());
  return host;
};
const cannot = (await probeTestBox()) !== null || process.getuid?.() !== 0;

describe.skipIf(cannot)('a container image on a machine of its own', () => {
  test('runs with its own files, entrypoint, folder and variables, as the user of servers', async () => {
    const host = await start();
    expect((await host.installed()).lastError).toBeNull();
    const client = await TestClient.open(host, { principal: 'p', caller: 'c' });
    const seen = await client.tool('look');
    expect(seen).toContain('args=stdio uid=10002 folder=/app mode=slow key=k-1');
    expect(seen).toContain('app=no own=yes volume=yes tmp=yes');
    expect(seen).not.toContain('sees=');
  });

  test('says that its machine image is too old where it has no bubblewrap', async () => {
    const host = await start({ PATH: '/nonexistent' });
    const { lastError } = await host.installed();
    expect(lastError).toMatchObject({
      code: 'INSTALL_FAILED',
      message: expect.stringContaining('bubblewrap is not installed'),
      hint: expect.stringContaining('npm run fly:image'),
      retryable: false,
    });
  });
});
