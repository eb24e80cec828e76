import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.testing.ts';
import type { HostStatus } from '../host/contract.ts';
import { startNpmRegistry, type TestServer } from '../host/install/registry.testing.ts';
import { probeTestBox } from './fixtures/box-support.ts';
import { PROBER, startProber } from './fixtures/prober.ts';
import { standInConfig, startTestMachines, type TestMachines } from './fixtures/test-machines.ts';

const HOST = { command: process.execPath, args: [fileURLToPath(new URL('../host/main.ts', import.meta.url))] };
const cannot = await probeTestBox();

describe.skipIf(cannot !== null)('the network of a box', () => {
  let registry: TestServer;
  let machines: TestMachines;
  let service: Server;
  let port: number;

  beforeAll(async () => {
    registry = await startNpmRegistry([PROBER]);
    const environment = { ...process.env, npm_config_registry: registry.url };
    machines = await startTestMachines({ hostCommand: HOST, environment, isolation: 'require', namedPaths: true });
    service = createServer((request, response) => request.pipe(response));
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
    ({ port } = service.address() as AddressInfo); // it listens on TCP
  });
  afterAll(async () => {
    await machines?.close();
    await registry?.close();
    service?.close();
  });

  const post = 'return (await fetch(given.url, { method: "POST", body: "sent" })).text()';
  const contained = async ({ status }: { status: Awaited<ReturnType<typeof startProber>>['status'] }) =>
    (await status()).contained?.map(({ rule, subject, entry }) => ({ rule, subject, entry }));

  test('is that of the computer where nothing limits it', async () => {
    const open = await startProber(machines, 'open');
    expect(await open.run(post, { url: `http://127.0.0.1:${port}/` })).toBe('"sent"');
  });

  test('reaches what its list names, also on loopback, for a program that knows no proxy', async () => {
    const egress = { policy: 'LISTED', hosts: [`localhost:${port}`] } as const;
    const listed = await startProber(machines, 'listed', {}, { egress: { ...egress, hosts: [...egress.hosts] } });
    expect(await listed.run(post, { url: `http://127.0.0.1:${port}/` })).toBe('"sent"');
    expect(await listed.run(post, { url: `http://localhost:${port}/` })).toBe('"sent"');
    const large =
      'const body = "x".repeat(2e6); return (await (await fetch(given.url, { method: "POST", body })).text()).length';
    expect(await listed.run(large, { url: `http://127.0.0.1:${port}/` })).toBe('2000000');
    expect((await listed.status()).reached).toEqual([`localhost:${port}`]);
  });

  test('reaches nothing that its list does not name, and says with which entry it would', async () => {
    const listed = await startProber(machines, 'short', {}, { egress: { policy: 'LISTED', hosts: ['*.example.com'] } });
    expect(await listed.run('return reach("catwalk.invalid", 443)')).toBe('ERROR ENOTFOUND');
    expect(await listed.run('return reach("203.0.113.7", 443)')).toMatch(/^ERROR E/);
    expect(await listed.run('return reach("1.1.1.1", 443)')).toMatch(/^ERROR E/);
    expect(await listed.run('return reach("localhost", 5432)')).toMatch(/^ERROR E/);
    expect(await contained(listed)).toEqual([
      { rule: 'EGRESS_PRIVATE_ADDRESS', subject: 'localhost:5432', entry: 'localhost:5432' },
      { rule: 'EGRESS_NOT_LISTED', subject: '1.1.1.1:443', entry: '1.1.1.1:443' },
      { rule: 'EGRESS_PRIVATE_ADDRESS', subject: '203.0.113.7:443', entry: '203.0.113.7:443' },
      { rule: 'EGRESS_NOT_LISTED', subject: 'catwalk.invalid', entry: 'catwalk.invalid' },
    ]);
  });

  test('reaches nothing at all under NONE, after an installation over the network', async () => {
    const none = await startProber(machines, 'none', {}, { egress: { policy: 'NONE', hosts: [`localhost:${port}`] } });
    expect(await none.run(post, { url: `http://127.0.0.1:${port}/` })).toMatch(/^ERROR/);
    expect(await none.run('return reach("catwalk.invalid", 443)')).toBe('ERROR ENOTFOUND');
    expect((await contained(none))?.map(({ rule }) => rule)).toEqual(['EGRESS_NONE', 'EGRESS_NONE']);
  });
});

test('a limit on the network that cannot be enforced starts nothing', async () => {
  const registry = await startNpmRegistry([PROBER]);
  const environment = { ...process.env, npm_config_registry: registry.url };
  const machines = await startTestMachines({ hostCommand: HOST, environment, isolation: 'none' });
  try {
    const egress = { policy: 'NONE', hosts: [] } as const;
    const hostConfig = {
      package: { runtime: 'npm', name: 'prober', version: '1.0.0' } as const,
      egress: { ...egress, hosts: [] },
    };
    const { id } = await machines.client.create(machines.app, { name: 'm', config: standInConfig({}, {}, hostConfig) });
    const { localPort } = await machines.listening(id);
    const failure = await eventually('the failure', async () => {
      const status = await (await fetch(`http://127.0.0.1:${localPort}/status`)).json();
      return (status as HostStatus).lastError; // a host of this checkout answers
    });
    expect(failure.message).toContain('no wall can be built around it');
  } finally {
    await machines.close();
    await registry.close();
  }
});
