import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { probeTestBox } from '../../local/fixtures/box-support.ts';
import { startMachineHost } from '../machine-host.testing.ts';
import { TestClient } from '../test-rig.ts';
import { HTTP_CONFIG, httpLayers } from './http-image.testing.ts';
import { type PullRegistry, startPullRegistry } from './registry.testing.ts';

vi.setConfig({ testTimeout: 240_000 });

let registry: PullRegistry;
let digest = '';
beforeAll(async () => {
  registry = await startPullRegistry();
  ({ digest } = registry.addImage({ config: HTTP_CONFIG, layers: httpLayers() }));
});
afterAll(() => registry?.close());

const cannot = (await probeTestBox()) !== null || process.getuid?.() !== 0;

describe.skipIf(cannot)('a container image that serves HTTP', () => {
  test('is reached through a relay in its box, at a port of Catwalk’s choice', async () => {
    const host = await startMachineHost({
      package: {
        ...{ runtime: 'oci', image: `${registry.host}/acme/http`, digest },
        http: { hostVariables: ['HOST'] },
      },
      registries: { trusted: [registry.origin], login: null },
      args: [],
      env: { KEY: 'k-1' },
      isolation: 'AUTO',
      memoryMb: 1024,
    });
    onTestFinished(() => host.stop());
    expect((await host.installed()).lastError).toBeNull();
    const client = await TestClient.open(host, { principal: 'p', caller: 'c' });
    expect(JSON.parse(await client.tool('look'))).toEqual({
      ...{ port: 'given', host: '127.0.0.1', mode: 'slow', key: 'k-1', options: '--no-warnings' },
      ...{ uid: 10002, folder: '/app', args: ['serve'] },
    });
  });
});
