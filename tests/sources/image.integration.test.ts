import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type PullRegistry, startPullRegistry } from '#deploy/host/images/registry.testing.ts';
import { SHELL_CONFIG, shellLayers } from '#deploy/host/images/shell-image.testing.ts';
import { probeTestBox } from '#deploy/local/fixtures/box-support.ts';
import { makeTestDatabase, type TestDatabase } from '#prisma/test-database.testing.ts';
import { catwalk, type RunOptions } from '../cli/run-catwalk.ts';
import { type RunningServer, startServer } from '../cli/run-server.ts';

let folder = '';
let registry: PullRegistry;
let server: RunningServer;
let database: TestDatabase;
let options: RunOptions = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-image-'));
  const dataDir = join(folder, 'data');
  registry = await startPullRegistry({ access: 'token' });
  registry.addImage({
    config: SHELL_CONFIG,
    layers: shellLayers(),
    platforms: [
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm64' },
    ],
  });
  database = await makeTestDatabase(dataDir);
  server = await startServer(dataDir, { ...database.variables, IMAGE_REGISTRIES_TRUSTED: registry.origin });
  options = { cwd: folder, env: { CATWALK_DATA_DIR: dataDir, XDG_CONFIG_HOME: join(folder, 'config') } };
});
afterAll(async () => {
  await server?.stop();
  await database?.drop();
  await registry?.close();
  await rm(folder, { recursive: true, force: true });
});

const lookAt = async (endpointUrl: string): Promise<string> => {
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(endpointUrl)));
  onTestFinished(() => client.close());
  const { content } = await client.callTool({ name: 'look' });
  return JSON.stringify(content);
};

test('an image is analyzed from its registry: program, variables, labels, digest', async () => {
  const { stdout } = await catwalk(['analyze', `oci:${registry.host}/acme/shell`, '--json'], options);
  const [candidate] = JSON.parse(stdout).candidates;
  expect(candidate).toMatchObject({
    runtime: 'OCI',
    deployable: true,
    displayName: 'Shell',
    description: 'Looks around.',
    package: `${registry.host}/acme/shell`,
    version: 'latest',
  });
  expect(candidate.credentials.map(({ name }: { name: string }) => name).sort()).toEqual(['KEY', 'MODE']);
});

test('names that a registry does not have, and private registries that are not allowed, are refused with a hint', async () => {
  const missing = await catwalk(['analyze', `${registry.host}/acme/shell:other`], options);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('has no image other')]);
  const hidden = await catwalk(['analyze', 'oci:127.0.0.1:9/acme/shell'], options);
  expect([hidden.code, hidden.stderr]).toEqual([1, expect.stringContaining('cannot be reached')]);
});

describe.skipIf((await probeTestBox()) !== null)('in a box', () => {
  test('an image is deployed and called; it sees its own files alone, and keeps what it writes to a volume', async () => {
    const name = `${registry.host}/acme/shell`;
    const args = ['deploy', `oci:${name}`, '--env', 'KEY=k-1', '--public', '--json'];
    const deployed = await catwalk(args, options);
    const { status, endpointUrl } = JSON.parse(deployed.stdout);
    expect({ status, stderr: deployed.stderr }).toEqual({ status: 'RUNNING', stderr: '' });
    const seen = await lookAt(endpointUrl);
    expect(seen).toContain('args=stdio ');
    expect(seen).toContain('folder=/app mode=slow key=k-1 home=/data app=no own=yes volume=yes tmp=yes');
    expect(seen).not.toContain('uid=0');
    expect(seen).not.toContain('sees=');
  });

  test('a pasted docker run gives arguments, variables and another entrypoint', async () => {
    const line = `docker run -i --rm -e MODE --entrypoint /app/start ${registry.host}/acme/shell one two`;
    const deployed = await catwalk(['deploy', line, '--env', 'MODE=fast', '--public', '--json'], options);
    const { status, endpointUrl } = JSON.parse(deployed.stdout);
    expect({ status, stderr: deployed.stderr }).toEqual({ status: 'RUNNING', stderr: '' });
    expect(await lookAt(endpointUrl)).toContain('args=one two ');
  });
});
