import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBox } from '../host/box/box.ts';
import { probeTestBox } from './fixtures/box-support.ts';
import { IsolationError, type IsolationMode, openIsolation } from './isolation.ts';

const isRoot = process.getuid?.() === 0;
const CAN_BOX = (await probeTestBox()) === null;

const open = (mode: IsolationMode, options: { path?: string; namedPaths?: boolean } = {}) =>
  openIsolation({
    mode,
    namedPaths: options.namedPaths ?? false,
    hidden: [],
    processorShare: null,
    path: options.path ?? process.env['PATH'] ?? '',
    openGroups: () => null,
  });

const machine = (owner: string, words: string[] = []) => ({ id: owner, owner, memoryBytes: 2 ** 28, words });

test('without bubblewrap auto makes no boxes and says why, and require refuses', async () => {
  const isolation = await open('auto', { path: '/nowhere' });
  expect(isolation.boxed).toBe(false);
  expect(isolation.openBox(machine('a'))).toBeNull();
  expect(isolation.missing?.hint).toMatch(/apt-get install bubblewrap|Linux/);
  await expect(open('require', { path: '/nowhere' })).rejects.toThrow(IsolationError);
});

test('none makes no boxes, and nothing is missing', async () => {
  expect(await open('none')).toMatchObject({ boxed: false, missing: null });
});

describe.runIf(CAN_BOX)('where boxes can be made', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'catwalk-isolation-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('auto and require make them', async () => {
    for (const mode of ['auto', 'require'] as const) expect((await open(mode)).boxed).toBe(true);
  });

  test.runIf(isRoot)('under root each deployment has a user of its own, always the same', async () => {
    const isolation = await open('require');
    const userOf = (owner: string) => isolation.openBox(machine(owner))?.settings.user;
    expect(userOf('a')).toEqual(userOf('a'));
    expect(userOf('a')).not.toEqual(userOf('b'));
    expect(userOf('a')?.uid).toBeGreaterThan(1_000_000_000);
  });

  test.runIf(isRoot)('under root a server works with named files as their owner, and as root in no box', async () => {
    const [ofRoot, ofSomebody] = [join(folder, 'root'), join(folder, 'somebody')];
    await mkdir(ofRoot);
    await mkdir(ofSomebody);
    await chown(ofSomebody, 12_345, 12_345);
    const isolation = await open('auto', { namedPaths: true });
    expect(isolation.openBox(machine('a', [ofSomebody]))?.settings.user).toEqual({ uid: 12_345, gid: 12_345 });
    expect(isolation.openBox(machine('a', [ofRoot]))).toBeNull();
    const several = await open('require');
    expect(several.openBox(machine('a', [ofRoot]))?.settings.user?.uid).toBeGreaterThan(1_000_000_000);
  });

  test.runIf(isRoot)('a box in which root stays root is never made', async () => {
    const settings = (await open('require')).openBox(machine('a'))?.settings;
    if (!settings) throw new Error('There is no box.');
    expect(() => createBox({ ...settings, user: null }, join(folder, 'box'))).toThrow(TypeError);
  });
});
