import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startHost } from '#deploy/host/cli.ts';
import { newAccessToken } from '#server/domain/access/token.ts';
import { createRig } from '#server/mcp/test-rig.ts';
import type { Endpoint } from './clients.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/conformance-server/main.ts', import.meta.url));

/** The builds of the fixture, by the eras that each of them speaks. */
export const BUILDS = ['legacy', 'both', 'modern'] as const;

export type TestEndpoint = {
  /** The same endpoint, for two principals. */
  ann: Endpoint;
  bob: Endpoint;
  /** A folder for the files of clients. */
  clientDir: string;
  close(): Promise<void>;
};

/** The public endpoint of a host that runs a build of the fixture. */
export async function openEndpoint(build: (typeof BUILDS)[number]): Promise<TestEndpoint> {
  const host = await startHost(
    {
      package: { runtime: 'command', command: 'node', args: [FIXTURE, build] },
      args: [],
      env: {},
      isolation: 'AUTO',
    },
    { port: 0, host: '127.0.0.1' },
  );
  const [ann, bob] = [newAccessToken(), newAccessToken()];
  const current = { machineId: 'm1', origin: `http://127.0.0.1:${host.port}`, headers: {}, token: 'unused' };
  const rig = await createRig({
    machine: (_req, res) => res.end(),
    route: { current, tokens: [ann, bob].map(({ hash }) => ({ id: randomUUID(), hash, expiresAtMs: null })) },
  });
  const clientDir = await mkdtemp(path.join(tmpdir(), 'catwalk-eras-'));
  return {
    ann: { url: rig.url, token: ann.token },
    bob: { url: rig.url, token: bob.token },
    clientDir,
    async close() {
      await rig.close();
      await host.close({ drainMs: 0 });
      await rm(clientDir, { recursive: true, force: true });
    },
  };
}
