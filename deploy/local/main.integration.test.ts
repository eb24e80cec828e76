import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../eventually.testing.ts';
import { createMachinesClient } from '../fly/client.ts';
import { buildMachineConfig } from '../machine-config.ts';
import { isAlive } from './fixtures/test-machines.ts';
import { LOCAL_APP } from './local-machines.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const REAL_HOST = fileURLToPath(new URL('../host/main.ts', import.meta.url));

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'cw-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const start = async (args: string[], env: Record<string, string> = {}) => {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  closers.push(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  if (child.stdout === null) throw new Error('Its stdout is no pipe.');
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exited.then(() => Promise.reject(new Error('It ended before it listened.'))),
  ]);
  const { baseUrl } = JSON.parse(String(line)) as { baseUrl: string }; // what main.ts prints
  return { child, exited, baseUrl };
};

/** A server that needs no registry: speaks just enough MCP for the host to find it ready. */
const SERVER = `
let rest = '';
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    const { id, method } = JSON.parse(line);
    if (id === undefined) continue;
    const result = method === 'initialize'
      ? { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'tiny', version: '1.0.0' } }
      : { tools: [] };
    process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
  }
});
process.stdin.on('end', () => process.exit(0));
`;

const realConfig = () =>
  buildMachineConfig({
    image: 'registry.example/host:1',
    hostConfig: {
      token: 'host-token',
      package: { runtime: 'command', command: process.execPath, args: ['-e', SERVER] },
      args: [],
      env: {},
      isolation: 'AUTO',
    },
    metadata: {},
    memoryMb: 256,
    reach: 'local',
  });

type Status = { phase: string; children: { pid: number }[] };

const statusOf = async (port: number): Promise<Status> => {
  const headers = { 'catwalk-host-token': 'host-token' };
  const response = await fetch(`http://127.0.0.1:${port}/status`, { headers });
  expect(response.status).toBe(200);
  return (await response.json()) as Status; // HostStatus of the host's contract
};

/** Opens a session: a host starts a child when a client comes. */
const openSession = async (port: number): Promise<void> => {
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: {
      'catwalk-host-token': 'host-token',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
  });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('"tiny"');
};

const noRealHost = await access(REAL_HOST).then(
  () => false,
  () => true,
);

test.skipIf(noRealHost)(
  'as a process of its own it runs the real host; killed, neither hosts nor servers are left, asleep or awake',
  async () => {
    const dataDir = await temporaryFolder();
    const { child, exited, baseUrl } = await start(['--data-dir', dataDir]);
    const client = createMachinesClient({ baseUrl });
    closers.push(client.close);

    const pids: number[] = [];
    for (const name of ['awake', 'asleep']) {
      const { id } = await client.create(LOCAL_APP, { name, config: realConfig() });
      const port = await eventually(`${name} listens`, async () => (await client.get(LOCAL_APP, id)).localPort);
      await eventually(`${name} has installed`, async () => (await statusOf(port)).phase !== 'INSTALLING');
      await openSession(port);
      pids.push(...(await statusOf(port)).children.map(({ pid }) => pid));
      if (name === 'asleep') {
        await client.suspend(LOCAL_APP, id);
        expect((await client.wait(LOCAL_APP, id, { state: 'suspended' })).reached).toBe(true);
      }
    }
    expect(pids).toHaveLength(2);

    child.kill('SIGKILL');
    await exited;
    for (const pid of pids) await eventually(`process ${pid} is gone`, () => !isAlive(pid));

    // The socket of the dead process does not block the new one, and its machines are gone.
    const again = await start(['--data-dir', dataDir]);
    expect(again.baseUrl).toBe(baseUrl);
    const reborn = createMachinesClient({ baseUrl: again.baseUrl });
    closers.push(reborn.close);
    expect(await reborn.list(LOCAL_APP)).toEqual([]);
  },
);

test('on a port, several backends share it with the token', async () => {
  const dataDir = await temporaryFolder();
  const args = ['--data-dir', dataDir, '--port', '0', '--app', 'shared'];
  const { baseUrl } = await start(args, { CATWALK_MACHINES_TOKEN: 'shared-token' });
  for (let index = 0; index < 2; index += 1) {
    const client = createMachinesClient({ baseUrl, token: 'shared-token', rateLimit: false });
    closers.push(client.close);
    expect(await client.list('shared')).toEqual([]);
  }
});

test('wrong flags end it with exit code 2 and a sentence', async () => {
  const child = spawn(process.execPath, [MAIN, '--port', 'x', '--data-dir', '/nonexistent'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(2);
  expect(text).toContain('--port must be a port number');
});
