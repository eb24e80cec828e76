import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createKeptData } from './kept-data.ts';

async function open() {
  const dataDir = await mkdtemp(join(tmpdir(), 'catwalk-kept-data-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return createKeptData(dataDir);
}

test('a copy has the files and links of the source, and not the socket of a program', async () => {
  const kept = await open();
  await kept.copy('nothing', 'source');
  const source = kept.folderOf('source');
  await writeFile(join(source, 'memory.json'), '{}');
  await symlink('memory.json', join(source, 'latest'));
  const program = createServer().listen(join(source, 'control.sock'));
  await once(program, 'listening');
  onTestFinished(() => void program.close());

  await kept.copy('source', 'target');

  const target = kept.folderOf('target');
  expect((await readdir(target)).sort()).toEqual(['latest', 'memory.json']);
  expect(await readFile(join(target, 'memory.json'), 'utf8')).toBe('{}');
  expect(await readlink(join(target, 'latest'))).toBe('memory.json');
});

test('an id that is no name of a folder is refused', async () => {
  const kept = await open();
  expect(() => kept.folderOf('../elsewhere')).toThrow('That is not the id of a deployment.');
});
