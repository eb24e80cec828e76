import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';

const run = promisify(execFile);
const SCRIPT = path.join(import.meta.dirname, 'push.ts');

let bin: string;
beforeEach(async () => {
  bin = await mkdtemp(path.join(tmpdir(), 'cw-fly-'));
});
afterEach(() => rm(bin, { recursive: true, force: true }));

/** Installs a flyctl that records its arguments and ends with the given exit code. */
async function installFly(exitCode = 0): Promise<void> {
  const file = path.join(bin, 'fly');
  await writeFile(
    file,
    `#!/bin/sh\necho "$@" >> "${bin}/asked"\n[ "$1" = auth ] && echo 'FlyV1 fm2_pushed'\nexit ${exitCode}\n`,
  );
  await chmod(file, 0o755);
}
const push = (...args: string[]) =>
  run(process.execPath, [SCRIPT, '--registry', registry, ...args], {
    env: { PATH: `${bin}:/usr/bin:/bin` },
    timeout: 30_000,
  });

const DIGEST = `sha256:${'a'.repeat(64)}`;
/** Requests for manifests, with the password that came along. */
const asked: string[] = [];
let isKnown = true;
let server: Server;
let registry: string;
beforeAll(async () => {
  server = createServer((req, res) => {
    const [, password] = Buffer.from((req.headers.authorization ?? '').slice('Basic '.length), 'base64')
      .toString()
      .split(':');
    asked.push(`${req.method} ${req.url} ${password}`);
    if (isKnown) res.setHeader('docker-content-digest', DIGEST);
    res.writeHead(isKnown ? 200 : 404).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  registry = `127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
});
afterAll(() => {
  server.close();
});

it('builds and pushes first, and configures the backend afterwards', async () => {
  await installFly();
  const { stdout } = await push('--mcp-app', 'acme-mcp', '--app', 'acme', '--label', 'host-7');
  expect((await readFile(`${bin}/asked`, 'utf8')).trim().split('\n')).toEqual([
    'deploy . --config deploy/image/fly.toml --dockerfile deploy/image/Dockerfile --app acme-mcp --build-only --push --image-label host-7',
    'auth token',
    `secrets set FLY_MCP_IMAGE=${registry}/acme-mcp@${DIGEST} --app acme`,
  ]);
  expect(asked).toEqual(['HEAD /v2/acme-mcp/manifests/host-7 fm2_pushed']);
  expect(stdout).toContain('acme makes new machines');
});

it('names the image by its tag, with the reason, if the registry does not name its digest', async () => {
  await installFly();
  isKnown = false;
  const { stdout, stderr } = await push('--mcp-app', 'acme-mcp', '--label', 'host-7');
  isKnown = true;
  expect(stdout).toContain(`FLY_MCP_IMAGE=${registry}/acme-mcp:host-7`);
  expect(stderr).toContain('the registry answered 404');
});

it('leaves the backend unchanged if the image was not built', async () => {
  await installFly(3);
  await expect(push('--mcp-app', 'acme-mcp', '--app', 'acme', '--label', 'x')).rejects.toMatchObject({ code: 1 });
  expect(await readFile(`${bin}/asked`, 'utf8')).not.toContain('secrets');
});

it('reports a missing flyctl or app name', async () => {
  await expect(push('--mcp-app', 'acme-mcp', '--label', 'x')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('flyctl is not installed'),
  });
  await expect(push()).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('--mcp-app') });
});
