import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { childPath } from '../child/environment.ts';
import { TestClient } from '../test-rig.ts';
import { CARGO_SERVER, GO_SERVER, GO_WORDS, startModuleProxy } from './compiled-servers.testing.ts';
import { failureOf, type InstallRig, openInstallRig, settled } from './install-rig.testing.ts';
import { makeRepository } from './registry.testing.ts';
import { findToolchain } from './toolchain.ts';

/** Compilers take their time on a busy computer. */
const BUILD_LIMIT_MS = 400_000;
vi.setConfig({ testTimeout: BUILD_LIMIT_MS });

const hasNo = (compiler: 'go' | 'cargo'): boolean => {
  if (findToolchain(compiler, childPath()) !== null) return false;
  console.warn(`Tests that build with ${compiler} are skipped: it is not installed.`);
  return true;
};

let rig: InstallRig;
beforeAll(async () => {
  rig = await openInstallRig();
});
afterEach(() => rig.closeHosts());
afterAll(() => rig.close());

describe.skipIf(hasNo('go'))('a Go module', () => {
  test('a command of a module in a subfolder is built once for its commit, and run', async () => {
    const repository = await makeRepository({
      'server/go.mod': 'module example.com/acme/weather\n\ngo 1.18\n',
      'server/cmd/weather-mcp/main.go': GO_SERVER,
      'server/internal/words/words.go': GO_WORDS,
    });
    const spec = {
      runtime: 'git',
      installer: 'go',
      ...repository,
      subfolder: 'server',
      bin: 'cmd/weather-mcp',
    } as const;
    const host = await rig.start(spec, ['stdio']);
    await settled(host);
    expect(host.status()).toMatchObject({
      lastError: null,
      package: { name: 'weather-mcp', version: repository.commit.slice(0, 12) },
      install: { cached: false },
    });
    expect(await (await TestClient.open(host)).tool('x')).toBe('words of stdio');
    const again = await rig.start(spec, ['stdio']);
    await settled(again);
    expect(again.status()).toMatchObject({ lastError: null, install: { cached: true } });
    // Modules and caches of the compiler are no part of the installation.
    expect(globSync(join(rig.cacheDir, '*/files/package/*')).map((path) => path.split('/').at(-1))).toEqual(['bin']);
  });

  test('modules come from the proxy that the computer names', async () => {
    const proxy = await startModuleProxy();
    process.env['GOPROXY'] = proxy.url;
    process.env['GONOSUMDB'] = 'example.com/*';
    const repository = await makeRepository({
      'go.mod': 'module example.com/acme/far/v2\n\ngo 1.18\n\nrequire example.com/acme/weather v1.0.0\n',
      'go.sum': proxy.sums,
      'main.go': GO_SERVER.replace('acme/weather/internal/words', 'acme/weather/words'),
    });
    const host = await rig.start({ runtime: 'git', installer: 'go', ...repository });
    await settled(host);
    expect(host.status()).toMatchObject({ lastError: null, package: { name: 'far' } });
    expect(await (await TestClient.open(host)).tool('x')).toBe('words of ');
    await proxy.close();
  });

  test('what does not compile fails with the words of the compiler, and leaves nothing', async () => {
    const repository = await makeRepository({
      'go.mod': 'module example.com/acme/broken\n\ngo 1.18\n',
      'main.go': 'package main\n\nfunc main() { undefinedWord() }\n',
    });
    const host = await rig.start({ runtime: 'git', installer: 'go', ...repository });
    expect(await failureOf(host)).toMatchObject({
      code: 'INSTALL_FAILED',
      hint: 'What the compiler said is in the log.',
      stderrTail: expect.arrayContaining([expect.stringContaining('undefinedWord')]),
    });
    expect(globSync(join(rig.cacheDir, '.installing-*')).filter((path) => existsSync(path))).toEqual([]);
  });

  test('a folder outside of the module is refused', async () => {
    const repository = await makeRepository({ 'go.mod': 'module example.com/acme/out\n', 'main.go': GO_SERVER });
    const host = await rig.start({ runtime: 'git', installer: 'go', ...repository, bin: '../../elsewhere' });
    expect(await failureOf(host)).toMatchObject({ code: 'NO_BIN' });
  });
});

describe.skipIf(hasNo('cargo'))('a crate', () => {
  test('a binary of a crate in a workspace is built once for its commit, and run', async () => {
    const repository = await makeRepository({
      'Cargo.toml': '[workspace]\nmembers = ["server"]\nresolver = "2"\n',
      'Cargo.lock': 'version = 3\n\n[[package]]\nname = "tide"\nversion = "0.3.1"\n',
      'server/Cargo.toml': '[package]\nname = "tide"\nversion = "0.3.1"\nedition = "2021"\n',
      'server/src/bin/tide-mcp.rs': CARGO_SERVER,
      'server/src/bin/tide-admin.rs': 'fn main() {}\n',
    });
    const spec = { runtime: 'git', installer: 'cargo', ...repository, subfolder: 'server' } as const;
    const unsure = await rig.start(spec);
    expect(await failureOf(unsure)).toMatchObject({ code: 'NO_BIN', hint: expect.stringContaining('tide-mcp') });
    const host = await rig.start({ ...spec, bin: 'tide-mcp' }, ['stdio']);
    await settled(host);
    expect(host.status()).toMatchObject({ lastError: null, package: { name: 'tide-mcp', version: '0.3.1' } });
    expect(await (await TestClient.open(host)).tool('x')).toBe('tide of stdio');
    const again = await rig.start({ ...spec, bin: 'tide-mcp' }, ['stdio']);
    await settled(again);
    expect(again.status()).toMatchObject({ lastError: null, install: { cached: true } });
  });
});
