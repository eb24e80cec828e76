import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { restoreBeside } from './beside.ts';

test('what was kept is never written through a link of the package', async () => {
  const root = await mkdtemp(join(tmpdir(), 'catwalk-beside-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const [beside, folder, elsewhere] = ['beside', 'package', 'elsewhere'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [join(beside, 'data/deep'), join(beside, 'own'), folder, elsewhere])
    await mkdir(path, { recursive: true });
  for (const path of ['data/file', 'data/deep/file', 'own/file']) await writeFile(join(beside, path), 'kept');
  await symlink(elsewhere, join(folder, 'data'));
  await restoreBeside(beside, folder, null);
  expect(await readdir(elsewhere)).toEqual([]);
  expect(await readFile(join(folder, 'own/file'), 'utf8')).toBe('kept');
});
