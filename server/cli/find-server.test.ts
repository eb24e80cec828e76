import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { INSTALLATION } from '../process/installation.ts';
import { findServer, normalizeServerUrl } from './find-server.ts';
import { loginPath, saveLogin } from './login-file.ts';

let home = '';
let env: NodeJS.ProcessEnv = {};
let cwd = '';
let root = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'catwalk-cli-'));
  env = { XDG_CONFIG_HOME: join(home, 'config') };
  cwd = join(home, 'work');
  root = join(home, 'checkout');
});
afterEach(() => rm(home, { recursive: true, force: true }));

const find = (server: string | null = null) =>
  findServer({ server, env, cwd, installation: { ...INSTALLATION, root } });

async function localServer(folder: string, url: string, token: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'cli.json'), JSON.stringify({ url, token }));
}

describe('the server is', () => {
  test('the one in the named data folder, else the one here, else the one of the checkout', async () => {
    await localServer(join(root, '.catwalk'), 'http://localhost:3000/', 'checkout');
    expect(await find()).toEqual({ url: 'http://localhost:3000', token: 'checkout' });
    await localServer(join(cwd, '.catwalk'), 'http://localhost:3001', 'here');
    expect(await find()).toEqual({ url: 'http://localhost:3001', token: 'here' });
    env['CATWALK_DATA_DIR'] = 'elsewhere';
    await localServer(join(cwd, 'elsewhere'), 'http://localhost:3002', 'named');
    expect(await find()).toEqual({ url: 'http://localhost:3002', token: 'named' });
  });

  test('the one of the login when none is on this computer', async () => {
    await saveLogin(loginPath(env), { url: 'https://catwalk.example', token: 'kept' });
    expect(await find()).toEqual({ url: 'https://catwalk.example', token: 'kept' });
  });

  test('the given one before all others, with the token of the environment', async () => {
    await localServer(join(root, '.catwalk'), 'http://localhost:3000', 'checkout');
    env['CATWALK_SERVER'] = 'http://localhost:4000';
    env['CATWALK_TOKEN'] = 'mine';
    expect(await find()).toEqual({ url: 'http://localhost:4000', token: 'mine' });
    expect(await find('https://given.example/')).toEqual({ url: 'https://given.example', token: 'mine' });
  });

  test('never one elsewhere that a file in a data folder names', async () => {
    await localServer(join(cwd, '.catwalk'), 'https://evil.example', 'theirs');
    env['CATWALK_TOKEN'] = 'mine';
    await expect(find()).rejects.toMatchObject({ code: 'SERVER_NOT_FOUND', message: /evil\.example/ });
  });

  test('unknown without any of these, which is said with the way to start one', async () => {
    await expect(find()).rejects.toMatchObject({ code: 'SERVER_NOT_FOUND', exitCode: 1, hint: /npm start/ });
  });
});

describe('a token that is kept', () => {
  test('goes only to the server it is kept for', async () => {
    await localServer(join(root, '.catwalk'), 'http://localhost:3000', 'checkout');
    expect(await find('http://127.0.0.1:3000')).toEqual({ url: 'http://127.0.0.1:3000', token: 'checkout' });
    for (const other of ['http://localhost:3001', 'https://localhost:3000', 'http://evil.example:3000']) {
      expect((await find(other)).token).toBeNull();
    }
  });

  test('is readable by its user alone', async () => {
    await saveLogin(loginPath(env), { url: 'https://catwalk.example', token: 'kept' });
    expect((await stat(loginPath(env))).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, 'config', 'catwalk'))).mode & 0o777).toBe(0o700);
  });

  test('in a file that is broken is an error, not a server that is missing', async () => {
    await mkdir(join(root, '.catwalk'), { recursive: true });
    await writeFile(join(root, '.catwalk', 'cli.json'), '{"url":');
    await expect(find()).rejects.toThrow('does not contain an address and a token');
  });
});

test.each(['localhost:3000', 'ftp://x', 'no address'])('%s is no address of a server', (text) => {
  expect(() => normalizeServerUrl(text)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
