import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../eventually.testing.ts';
import { createMachinesClient } from '../fly/client.ts';
import { isPrecondition, isUnauthorized } from '../fly/errors.ts';
import { exitEventOf } from '../fly/wire.ts';
import { isAlive, standInConfig, startTestMachines, type TestMachines } from './fixtures/test-machines.ts';
import { createLocalMachines } from './local-machines.ts';
import { chooseSocketPath } from './socket.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const open = async (options?: Parameters<typeof startTestMachines>[0]): Promise<TestMachines> => {
  const machines = await startTestMachines(options);
  closers.push(machines.close);
  return machines;
};

const socketOf = (baseUrl: string): string => baseUrl.slice('unix:'.length);

test('a machine is a real process that gets its configuration, its folder and the shared cache', async () => {
  const { client, app, listening, status, dataDir } = await open();
  const config = standInConfig({}, {}, { args: ['--flag'] });
  const { id } = await client.create(app, { name: 'a', config });
  const { localPort } = await listening(id);
  const { standIn } = await status(localPort);
  expect(standIn.args).toEqual(['--flag']);
  expect(standIn.dataDir).toBe(join(dataDir, 'machines', id));
  expect(standIn.cwd).toBe(standIn.dataDir);
  expect(await readdir(join(dataDir, 'machines'))).toEqual([id]);
});

test('a host sees nothing of the backend’s environment but what package managers need', async () => {
  const environment = {
    PATH: process.env['PATH'],
    HOME: '/home/someone',
    ENCRYPTION_KEY: 'secret',
    DATABASE_URL: 'secret',
    FLY_API_TOKEN: 'secret',
    NODE_OPTIONS: '--no-warnings',
    npm_config_registry: 'https://registry.example/',
    NPM_CONFIG_CAFILE: '/ca.pem',
    https_proxy: 'http://proxy.example:3128',
  };
  const { client, app, listening, status } = await open({ environment });
  const { id } = await client.create(app, { name: 'a', config: standInConfig() });
  const { standIn } = await status((await listening(id)).localPort);
  const { PATH, ...seen } = standIn.environment;
  expect(seen).toEqual({
    HOME: '/home/someone',
    npm_config_registry: 'https://registry.example/',
    NPM_CONFIG_CAFILE: '/ca.pem',
    https_proxy: 'http://proxy.example:3128',
  });
  expect(PATH?.startsWith(dirname(process.execPath))).toBe(true);
});

test('the socket can be opened by its user alone', async () => {
  const { baseUrl } = await open();
  const path = socketOf(baseUrl);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
});

test('refuses to create the socket in a folder that other users may enter', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'cw-'));
  closers.push(() => rm(dataDir, { recursive: true, force: true }));
  await mkdir(join(dataDir, 'open'), { mode: 0o755 });
  const socketPath = join(dataDir, 'open', 'a.sock');
  await expect(createLocalMachines({ dataDir, cacheDir: dataDir, socketPath })).rejects.toThrow(/closed to others/);
});

test('a data folder that is too deep for a socket gets a short path of its own', () => {
  const deep = join(tmpdir(), 'x'.repeat(120));
  const path = chooseSocketPath(deep);
  expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100);
  expect(chooseSocketPath(deep)).toBe(path);
  expect(chooseSocketPath(`${deep}y`)).not.toBe(path);
});

test('a second local API takes neither the socket nor the folders of a living one', async () => {
  const first = await open();
  const { id } = await first.client.create(first.app, { name: 'a', config: standInConfig() });
  await first.listening(id);
  const options = { dataDir: first.dataDir, cacheDir: first.dataDir, socketPath: socketOf(first.baseUrl) };
  await expect(createLocalMachines(options)).rejects.toThrow(/Another local Machines API/);
  expect(await readdir(join(first.dataDir, 'machines'))).toEqual([id]);
});

test('requires a token on a port, and refuses pages of a browser', async () => {
  await expect(open({ port: 0 })).rejects.toThrow(/token/);
  const { baseUrl, app } = await open({ port: 0, token: 'let-me-in' });
  const stranger = createMachinesClient({ baseUrl, token: 'wrong' });
  const friend = createMachinesClient({ baseUrl, token: 'let-me-in' });
  closers.push(stranger.close, friend.close);
  expect(isUnauthorized(await stranger.list(app).catch((error: unknown) => error))).toBe(true);
  expect(await friend.list(app)).toEqual([]);
  const headers = { authorization: 'Bearer let-me-in', origin: 'https://evil.example' };
  expect((await fetch(`${baseUrl}/v1/apps`, { headers })).status).toBe(403);
});

test('a host that ignores SIGTERM is ended after its time, with what it started', async () => {
  const { client, app, listening, status, inState } = await open();
  const config = standInConfig(
    { IGNORE_SIGTERM: '1', SPAWN: '1' },
    { stop_config: { signal: 'SIGTERM', timeout: '50ms' } },
  );
  const { id } = await client.create(app, { name: 'a', config });
  const { standIn, children } = await status((await listening(id)).localPort);
  const grandchild = children[0]?.pid ?? 0;
  expect(isAlive(grandchild)).toBe(true);
  await client.stop(app, id);
  const stopped = await inState(id, 'stopped');
  expect(exitEventOf(stopped)).toMatchObject({ exitCode: 137, requestedStop: true, oomKilled: false });
  await eventually('the host is gone', () => !isAlive(standIn.pid));
  await eventually('the grandchild is gone', () => !isAlive(grandchild));
});

test('destroying a machine removes its folder and forgets its secrets', async () => {
  const { client, app, listening, inState, dataDir, baseUrl } = await open();
  const config = standInConfig({ API_KEY: 'hunter2' });
  const { id } = await client.create(app, { name: 'a', config });
  await listening(id);
  await client.delete(app, id, { force: true });
  await inState(id, 'destroyed');
  expect(await readdir(join(dataDir, 'machines'))).toEqual([]);
  const raw = await new Promise<string>((resolve, reject) => {
    const path = `/v1/apps/${app}/machines/${id}`;
    request({ socketPath: socketOf(baseUrl), path }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve(text);
    })
      .on('error', reject)
      .end();
  });
  expect(JSON.parse(raw)).toMatchObject({ id, state: 'destroyed' });
  expect(raw).not.toContain('raw_value');
});

test('a crash is reported with its exit code, and the machine is started again', async () => {
  const { client, app, listening, chaos } = await open();
  const { id } = await client.create(app, { name: 'a', config: standInConfig() });
  const first = await listening(id);
  await chaos.crash(id);
  const restarted = await eventually('it listens on a new port', async () => {
    const machine = await client.get(app, id);
    return machine.localPort !== null && machine.localPort !== first.localPort ? machine : null;
  });
  expect(exitEventOf(restarted)).toMatchObject({
    exitCode: 137,
    requestedStop: false,
    restarting: true,
    restartCount: 0,
  });
  expect(restarted.instanceId).toBe(first.instanceId);
});

test('a machine that will not run stops after its retries, counted in its exits', async () => {
  const { client, app, inState } = await open();
  const config = standInConfig({ EXIT_AT_START: '3' }, { restart: { policy: 'on-failure', max_retries: 1 } });
  const { id } = await client.create(app, { name: 'a', config });
  const stopped = await inState(id, 'stopped');
  const exits = stopped.events.flatMap(({ exit }) => (exit === null ? [] : [exit]));
  expect(exits).toMatchObject([
    { exitCode: 3, restarting: false, restartCount: 1 },
    { exitCode: 3, restarting: true, restartCount: 0 },
  ]);
});

test('a program that ends well is not started again', async () => {
  const { client, app, inState } = await open();
  const { id } = await client.create(app, { name: 'a', config: standInConfig({ EXIT_AT_START: '0' }) });
  expect(exitEventOf(await inState(id, 'stopped'))).toMatchObject({ exitCode: 0, restarting: false });
});

test('a host that cannot be started at all is a failed launch with its reason', async () => {
  const { client, app, inState } = await open({ hostCommand: { command: '/nonexistent/host', args: [] } });
  const { id } = await client.create(app, { name: 'a', config: standInConfig() });
  const failed = await inState(id, 'launch_failed');
  expect(failed.events.map(({ type, status }) => `${type} ${status}`)).toContain('launch failed');
  await client.delete(app, id);
  await inState(id, 'destroyed');
});

test('asleep it has no address; awake it is the same process on the same port', async () => {
  const { client, app, listening, status, inState } = await open();
  const { id } = await client.create(app, { name: 'a', config: standInConfig() });
  const { localPort } = await listening(id);
  const { standIn } = await status(localPort);
  await client.suspend(app, id);
  expect((await inState(id, 'suspended')).localPort).toBeNull();
  expect(isPrecondition(await client.suspend(app, id).catch((error: unknown) => error))).toBe(true);
  expect((await client.start(app, id)).previousState).toBe('suspended');
  expect((await listening(id)).localPort).toBe(localPort);
  expect((await status(localPort)).standIn.pid).toBe(standIn.pid);
});

test('a sleeping machine can be destroyed', async () => {
  const { client, app, listening, status, inState } = await open();
  const { id } = await client.create(app, { name: 'a', config: standInConfig() });
  const { standIn } = await status((await listening(id)).localPort);
  await client.suspend(app, id);
  await inState(id, 'suspended');
  await client.delete(app, id);
  await inState(id, 'destroyed');
  expect(isAlive(standIn.pid)).toBe(false);
});

test('an update runs the new configuration in a new process', async () => {
  const { client, app, listening, status } = await open();
  const { id } = await client.create(app, { name: 'a', config: standInConfig() });
  const before = await listening(id);
  const config = standInConfig({}, {}, { args: ['--new'] });
  const { instanceId } = await client.update(app, id, { config });
  const waited = await client.wait(app, id, { state: 'started', version: instanceId ?? '' });
  expect(waited.reached).toBe(true);
  const after = await listening(id);
  expect(after.instanceId).not.toBe(before.instanceId);
  expect((await status(after.localPort)).standIn.args).toEqual(['--new']);
});

test('a stop that comes while a machine is restarting wins', async () => {
  const { client, app, inState } = await open();
  const { id } = await client.create(app, { name: 'a', config: standInConfig({ EXIT_AT_START: '1' }) });
  await inState(id, 'restarting');
  await client.stop(app, id);
  const stopped = await inState(id, 'stopped');
  const starts = stopped.events.filter(({ type, status }) => type === 'start' && status === 'started').length;
  // The pause before the restart is a second at least: were it not cancelled, a wait that long would show a start.
  await client.wait(app, id, { state: 'started', timeoutSeconds: 2 });
  const later = await client.get(app, id);
  expect(later.state).toBe('stopped');
  expect(later.events.filter(({ type, status }) => type === 'start' && status === 'started')).toHaveLength(starts);
});

test('closing ends every process, sleeping ones too', async () => {
  const machines = await startTestMachines();
  const { client, app, listening, status, inState } = machines;
  const pids: number[] = [];
  for (const name of ['awake', 'asleep']) {
    const { id } = await client.create(app, { name, config: standInConfig() });
    pids.push((await status((await listening(id)).localPort)).standIn.pid);
    if (name === 'asleep') {
      await client.suspend(app, id);
      await inState(id, 'suspended');
    }
  }
  await machines.close();
  expect(pids.map(isAlive)).toEqual([false, false]);
});
