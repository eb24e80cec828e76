import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttemptReport, StartAttempt } from '../contract.ts';
import { startTestHost, type TestHost } from '../test-rig.ts';
import { type SmallServer, writeSmallServer } from './small-servers.testing.ts';

let folder = '';
const hosts: TestHost[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trial-'));
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.close()));
  await rm(folder, { recursive: true, force: true });
});

const openTrial = async (server: SmallServer) => {
  const program = await writeSmallServer(folder, server);
  const host = await startTestHost({
    package: { runtime: 'command', command: 'node', args: [program] },
    trial: true,
    token: 'secret of the host',
  });
  hosts.push(host);
  return async (request: Partial<StartAttempt> = {}): Promise<AttemptReport> => {
    const response = await host.request('/attempt', {
      method: 'POST',
      body: JSON.stringify({ args: [], env: {}, knownVariables: [], timeoutMs: 20_000, ...request }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as AttemptReport; // the host's own type
  };
};

test('reports the tools and the eras of a server that needs nothing', async () => {
  const attempt = await openTrial('needs-nothing');
  expect(await attempt()).toMatchObject({
    outcome: 'SERVED',
    eras: ['legacy'],
    serverInfo: { name: 'small', version: '1.0.0' },
    tools: [{ name: 'greet', description: 'Greets.' }],
    failure: null,
  });
});

test('reports the variable that a server ends without, and its tools once the variable is set', async () => {
  const attempt = await openTrial('needs-variable');
  expect(await attempt()).toMatchObject({
    outcome: 'ENDED',
    failure: { code: 'MISSING_CREDENTIAL', needs: [[{ kind: 'variable', name: 'ORBIT_TOKEN' }]] },
  });
  expect(await attempt({ env: { ORBIT_TOKEN: 'dummy' } })).toMatchObject({ outcome: 'SERVED' });
});

test('reports the subcommands that a usage text offers', async () => {
  const attempt = await openTrial('needs-subcommand');
  expect(await attempt()).toMatchObject({ outcome: 'ENDED', failure: { code: 'MISSING_ARGUMENT', modes: [['mcp']] } });
  expect(await attempt({ args: ['mcp'] })).toMatchObject({ outcome: 'SERVED' });
});

test('ends a server that never answers at the time limit', async () => {
  const attempt = await openTrial('never-answers');
  expect(await attempt({ timeoutMs: 300 })).toMatchObject({
    outcome: 'SILENT',
    failure: { code: 'HANDSHAKE_TIMEOUT' },
  });
});

test('ends a server that floods its output, and keeps little of it', async () => {
  const attempt = await openTrial('floods');
  const report = await attempt();
  expect(report).toMatchObject({ outcome: 'FLOODED', failure: { code: 'NO_HANDSHAKE' } });
  expect(JSON.stringify(report).length).toBeLessThan(64 * 1024);
});

test('refuses an attempt without the host token, and an invalid request', async () => {
  await openTrial('needs-nothing');
  const host = hosts.at(-1);
  const send = (body: string, headers: Record<string, string>) =>
    fetch(`${host?.url}/attempt`, { method: 'POST', body, headers });
  expect((await send('{}', {})).status).toBe(401);
  expect((await send('{}', { 'catwalk-host-token': 'secret of the host' })).status).toBe(400);
});

test('refuses attempts on a host that runs a deployment', async () => {
  const host = await startTestHost();
  hosts.push(host);
  expect((await host.request('/attempt', { method: 'POST', body: '{}' })).status).toBe(404);
});
