import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeRoom, markUsed } from './cache-room.ts';

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'catwalk-room-'));
});
afterEach(() => rm(cacheDir, { recursive: true, force: true }));

/** Makes an entry of 100 bytes that was used so many minutes ago, by the processes with these numbers. */
const addEntry = (
  folder: string,
  description: string,
  content: object,
  minutesAgo: number,
  users: number[],
): string => {
  mkdirSync(join(folder, 'used'), { recursive: true });
  writeFileSync(join(folder, description), JSON.stringify(content));
  for (const pid of users) writeFileSync(join(folder, 'used', String(pid)), '');
  const at = new Date(Date.now() - minutesAgo * 60_000);
  utimesSync(join(folder, 'used'), at, at);
  return folder;
};
const addInstallation = (letter: string, minutesAgo: number, users: number[] = []): string =>
  addEntry(join(cacheDir, letter.repeat(32)), 'manifest.json', { program: { bytes: 100 } }, minutesAgo, users);
const addImage = (letter: string, minutesAgo: number, users: number[] = []): string =>
  addEntry(join(cacheDir, 'images', `sha256-${letter.repeat(64)}`), 'image.json', { bytes: 100 }, minutesAgo, users);

const lines: string[] = [];
const room = (bytesMax: number) => makeRoom({ cacheDir, bytesMax, log: (line) => lines.push(line) });

/** A process that has ended: its number is free. */
const endedPid = async (): Promise<number> => {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
};

test('removes what was not used for the longest time, images and installations alike, until the rest fits', async () => {
  const [oldest, image, middle, newest] = [
    addInstallation('a', 40),
    addImage('b', 30),
    addInstallation('c', 20),
    addImage('d', 10),
  ];
  await room(400);
  expect([oldest, image, middle, newest].map(existsSync)).toEqual([true, true, true, true]);
  await room(200);
  expect([oldest, image, middle, newest].map(existsSync)).toEqual([false, false, true, true]);
  expect(lines.at(-1)).toContain('2 entries');
  expect((await readdir(cacheDir)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('never removes what a running host uses, and forgets hosts that have ended', async () => {
  const used = addImage('a', 60, [process.pid]);
  const left = addImage('b', 10, [await endedPid()]);
  await room(50);
  expect([used, left].map(existsSync)).toEqual([true, false]);
});

test('a use makes an entry the newest, and keeps it until its host ends', async () => {
  const [first, second] = [addInstallation('a', 20), addInstallation('b', 10)];
  await markUsed(first);
  await room(100);
  expect([first, second].map(existsSync)).toEqual([true, false]);
});

test('a copy that waits for the next machine counts, and what is being made does not', async () => {
  const whole = addInstallation('a', 20);
  mkdirSync(join(whole, 'ready'));
  const making = join(cacheDir, 'b'.repeat(32));
  mkdirSync(making);
  await room(150);
  expect([whole, making].map(existsSync)).toEqual([false, true]);
});

test('a cache that is not there needs no room', async () => {
  await expect(
    makeRoom({ cacheDir: join(cacheDir, 'absent'), bytesMax: 0, log: () => undefined }),
  ).resolves.toBeUndefined();
});
