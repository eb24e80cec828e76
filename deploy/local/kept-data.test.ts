import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { KeptData } from '../kept-data.ts';
import { createKeptData } from './kept-data.ts';

async function open(freeBytes?: () => Promise<number>) {
  const dataDir = await mkdtemp(join(tmpdir(), 'catwalk-kept-data-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return createKeptData(dataDir, freeBytes);
}

async function copy(kept: KeptData, from: string, to: string) {
  const copied = await kept.prepareCopy(from, to);
  if (typeof copied === 'string') return copied;
  await copied.replace();
  await copied.discard();
  return 'copied';
}

test('a copy has the files and links of the source, and not the socket of a program', async () => {
  const kept = await open();
  await copy(kept, 'nothing', 'source');
  const source = kept.folderOf('source');
  await writeFile(join(source, 'memory.json'), '{}');
  await symlink('memory.json', join(source, 'latest'));
  const program = createServer().listen(join(source, 'control.sock'));
  await once(program, 'listening');
  onTestFinished(() => void program.close());

  await copy(kept, 'source', 'target');

  const target = kept.folderOf('target');
  expect((await readdir(target)).sort()).toEqual(['latest', 'memory.json']);
  expect(await readFile(join(target, 'memory.json'), 'utf8')).toBe('{}');
  expect(await readlink(join(target, 'latest'))).toBe('memory.json');
});

test('an id that is no name of a folder is refused', async () => {
  const kept = await open();
  expect(() => kept.folderOf('../elsewhere')).toThrow('That is not the id of a deployment.');
});

test('a size is measured once for everyone who waits for it', async () => {
  const kept = await open();
  await copy(kept, 'nothing', 'source');
  await writeFile(join(kept.folderOf('source'), 'file'), 'x'.repeat(10));
  const first = kept.bytes('source');
  expect(kept.bytes('source')).toBe(first);
  expect(await first).toBe(10);
  await writeFile(join(kept.folderOf('source'), 'file'), 'x'.repeat(20));
  expect(await kept.bytes('source')).toBe(20);
});

test('a copy takes half of the free space at most, and a hole in a file counts', async () => {
  const kept = await open(async () => 4_000);
  await copy(kept, 'nothing', 'source');
  const file = join(kept.folderOf('source'), 'sparse');
  await writeFile(file, '');
  await truncate(file, 2_001);
  expect(await copy(kept, 'source', 'target')).toBe('no room');
  expect(await kept.archive('source')).toBe('no room');
  expect(await readdir(join(kept.folderOf('source'), '..'))).toEqual(['source']);
  await truncate(file, 2_000);
  expect(await copy(kept, 'source', 'target')).toBe('copied');
});

test('one copy to a deployment is made at a time, and leaves nothing beside it', async () => {
  const kept = await open();
  await copy(kept, 'nothing', 'target');
  const first = await kept.prepareCopy('nothing', 'target');
  expect(await kept.prepareCopy('nothing', 'target')).toBe('busy');
  if (typeof first === 'string') throw new Error(first);
  await first.discard();
  expect(await copy(kept, 'nothing', 'target')).toBe('copied');
  expect(await readdir(join(kept.folderOf('target'), '..'))).toEqual(['target']);
});
