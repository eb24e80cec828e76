import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { makeZip } from './zip.testing.ts';
import { openZip, ZipError } from './zip.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-zip-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = async (bytes: Buffer) => {
  const path = join(folder, 'one.zip');
  await writeFile(path, bytes);
  const zip = await openZip(path);
  onTestFinished(() => zip.close());
  return zip;
};

test('reads files with their modes, and leaves out folders and links', async () => {
  const zip = await open(
    makeZip([
      { path: 'folder/', data: '' },
      { path: 'folder/a.txt', data: 'Grüße' },
      { path: './run', data: '#!/bin/sh', mode: 0o755 },
      { path: 'link', data: '/etc/passwd', isLink: true },
    ]),
  );
  expect(zip.files.map(({ path, isExecutable }) => [path, isExecutable])).toEqual([
    ['folder/a.txt', false],
    ['run', true],
  ]);
  const [first] = zip.files;
  expect(first && (await zip.read(first)).toString('utf8')).toBe('Grüße');
});

test('finds the end of an archive that carries a signature behind it', async () => {
  const zip = await open(makeZip([{ path: 'a', data: 'a' }], `MCPB_SIG_V1${'s'.repeat(3_000)}MCPB_SIG_END`));
  expect(zip.files).toHaveLength(1);
});

test.each(['../outside', '/etc/cron.d/x', 'a/../../outside', 'a\\..\\b', 'C:/x'])(
  'refuses an archive with a file at %s',
  async (path) => {
    await expect(open(makeZip([{ path, data: 'x' }]))).rejects.toThrow(ZipError);
  },
);

test('refuses what is not an archive, and a file whose bytes were changed', async () => {
  await expect(open(Buffer.from('not a zip archive, but long enough for one'))).rejects.toThrow(ZipError);
  const bytes = makeZip([{ path: 'a', data: 'abcdefgh'.repeat(50) }]);
  bytes.writeUInt8(bytes.readUInt8(33) ^ 0xff, 33);
  const zip = await open(bytes);
  const [file] = zip.files;
  await expect(file && zip.read(file)).rejects.toThrow(ZipError);
});
