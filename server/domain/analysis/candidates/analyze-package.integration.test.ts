import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNpmRegistry } from '../registries/npm.ts';
import { type NpmStandIn, startNpmStandIn } from '../registries/stand-ins/npm-registry.ts';
import { tarballOf } from '../registries/stand-ins/tarball.ts';
import { claimsOf } from './published-candidate.ts';

let npm: NpmStandIn;
let cache: string;
const signal = AbortSignal.timeout(20_000);

beforeEach(async () => {
  [npm, cache] = await Promise.all([startNpmStandIn(), mkdtemp(join(tmpdir(), 'catwalk-package-'))]);
});
afterEach(async () => {
  await npm.close();
  await rm(cache, { recursive: true, force: true });
});

test('reads the parts of a server with its code, and no other dependencies', async () => {
  const registry = createNpmRegistry({ configuration: { cache }, registryUrl: npm.url });
  const version = '3.0.0';
  npm.publish({ name: '@x/cli', version }, { 'dist/index.js': 'process.env.X_TOKEN', 'README.md': '`OTHER_KEY`' });
  npm.publish({ name: '@y/sdk', version: '1.0.0' }, { 'index.js': 'process.env.SDK_KEY' });
  npm.publish(
    {
      name: 'x-mcp',
      version,
      bin: 'index.js',
      dependencies: { '@x/cli': version, '@x/gone': version, '@y/sdk': '1.0.0' },
    },
    { 'index.js': 'import "@x/cli"' },
  );
  const found = await registry.getPackage('x-mcp', null, signal);
  const files = await registry.readPackage(found, signal);
  expect(files.files.map(({ path }) => path)).toEqual(['index.js', 'package.json', '@x/cli/dist/index.js']);
});

/** A registry that keeps attestations, as npm's does. */
async function startAttestingRegistry(repository: string, isAbout: 'these bytes' | 'other bytes') {
  const manifest = { name: 'x-mcp', version: '1.0.0', repository: 'github:o/r' };
  const tarball = tarballOf('package', { 'package.json': JSON.stringify(manifest) });
  const sha512 = createHash('sha512').update(isAbout === 'these bytes' ? tarball : 'x');
  const statement = {
    subject: [{ digest: { sha512: sha512.digest('hex') } }],
    predicate: { buildDefinition: { externalParameters: { workflow: { repository } } } },
  };
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const dist = {
      tarball: 'http://127.0.0.1/x.tgz',
      integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
      // a mirror passes the address of the registry behind it on
      attestations: { url: 'https://registry.invalid/-/npm/v1/attestations/x-mcp@1.0.0' },
    };
    const answer = request.url?.includes('/-/npm/v1/attestations/')
      ? { attestations: [{ predicateType: 'https://slsa.dev/provenance/v1', bundle: { dsseEnvelope: { payload } } }] }
      : { name: 'x-mcp', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': { ...manifest, dist } }, time: {} };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // listening on a port, so the address is one
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

test.each([
  ['takes the repository from', 'these bytes', 'https://github.com/o/r'],
  ['ignores', 'other bytes', null],
] as const)('%s an attestation of %s, requested from the configured registry', async (_, isAbout, builtFrom) => {
  const attesting = await startAttestingRegistry('https://github.com/o/r', isAbout);
  const registry = createNpmRegistry({ configuration: { cache }, registryUrl: attesting.url });
  expect(claimsOf(await registry.getPackage('x-mcp', null, signal))).toMatchObject([{ builtFrom }]);
  expect(attesting.requests.at(-1)).toBe('/-/npm/v1/attestations/x-mcp@1.0.0');
  await attesting.close();
});
