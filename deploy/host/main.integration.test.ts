import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { ControlMessage, HostConfig } from './contract.ts';
import { PRINCIPAL_HEADER } from './header-contract.ts';
import { eventually, fixtureConfig, isAlive, messagesOf } from './test-rig.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let running: ChildProcess | null = null;
let folder: string | null = null;
afterEach(async () => {
  if (running && running.exitCode === null && running.signalCode === null) {
    const ended = new Promise((resolve) => running?.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  }
  running = null;
  if (folder) await rm(folder, { recursive: true, force: true });
});

const start = async (config: HostConfig) => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-main-'));
  const host = spawn(process.execPath, [MAIN], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  running = host;
  const pipe = host.stdio[3] as Duplex; // 'pipe' beyond stderr is a socket
  const message: ControlMessage = { config, dataDir: join(folder, 'machines/m1'), cacheDir: join(folder, 'cache') };
  pipe.write(`${JSON.stringify(message)}\n`);
  const port = await new Promise<number>((resolve) =>
    pipe.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()).port)),
  );
  return { host, pipe, port };
};

const initialize = (port: number, token: string) =>
  fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'catwalk-host-token': token,
      [PRINCIPAL_HEADER]: 'p',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    }),
  });

const childPid = async (port: number): Promise<number> => {
  const response = await fetch(`http://127.0.0.1:${port}/status`, { headers: { 'catwalk-host-token': 't' } });
  return (await response.json()).children[0].pid;
};

test('reports its port on the control pipe, and ends with its children when the pipe closes', async () => {
  const { host, pipe, port } = await start(fixtureConfig({ token: 't' }));
  const response = await initialize(port, 't');
  expect(response.headers.get('mcp-session-id')).toMatch(/^m1\./);
  expect((await messagesOf(response))[0]?.result?.['serverInfo']).toEqual({ name: 'fixture', version: '1.2.3' });
  const pid = await childPid(port);
  const ended = new Promise((resolve) => host.once('exit', resolve));
  pipe.destroy();
  await ended;
  await eventually('the child to end', () => !isAlive(pid));
});

test('the configuration is neither on disk nor in the arguments nor in the child', async () => {
  const { port, host } = await start(fixtureConfig({ token: 't', env: { API_KEY: 'sk-secret' } }));
  await initialize(port, 't');
  const listing = spawn('grep', ['-rl', 'sk-secret', folder ?? ''], { stdio: ['ignore', 'pipe', 'ignore'] });
  let found = '';
  listing.stdout.on('data', (chunk: Buffer) => {
    found += chunk.toString();
  });
  await new Promise((resolve) => listing.once('close', resolve));
  expect(found).toBe('');
  expect(host.spawnargs.join(' ')).not.toContain('sk-secret');
});

test('a wrong configuration stops the start and names the field, never its value', async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-main-'));
  const file = join(folder, 'host.json');
  await writeFile(file, JSON.stringify({ ...fixtureConfig({ token: 't' }), isolation: 'sk-secret' }));
  const host = spawn(process.execPath, [MAIN, file], { stdio: ['ignore', 'ignore', 'pipe'] });
  running = host;
  let text = '';
  host.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  expect(await new Promise((resolve) => host.once('close', resolve))).toBe(1);
  expect(text).toContain('"isolation"');
  expect(text).not.toContain('sk-secret');
});
