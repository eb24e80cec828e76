import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

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
  await writeFile(file, `#!/bin/sh\necho "$@" >> "${bin}/asked"\nexit ${exitCode}\n`);
  await chmod(file, 0o755);
}
const push = (...args: string[]) =>
  run(process.execPath, [SCRIPT, ...args], { env: { PATH: `${bin}:/usr/bin:/bin` }, timeout: 30_000 });

it('builds and pushes first, and configures the backend afterwards', async () => {
  await installFly();
  const { stdout } = await push('--mcp-app', 'acme-mcp', '--app', 'acme', '--label', 'host-7');
  expect((await readFile(`${bin}/asked`, 'utf8')).trim().split('\n')).toEqual([
    'deploy . --config deploy/image/fly.toml --dockerfile deploy/image/Dockerfile --app acme-mcp --build-only --push --image-label host-7',
    'secrets set FLY_MCP_IMAGE=registry.fly.io/acme-mcp:host-7 --app acme',
  ]);
  expect(stdout).toContain('registry.fly.io/acme-mcp:host-7');
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
