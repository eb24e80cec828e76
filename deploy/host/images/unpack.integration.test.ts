import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyLayer } from './apply-layer.ts';
import { ImageError } from './image-error.ts';
import { makeTar, type Packed } from './layer.testing.ts';

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-layers-'));
  root = join(folder, 'root');
  await mkdir(root);
  await writeFile(join(folder, 'secret'), 'of the computer');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const apply = (entries: readonly Packed[], budget = { entries: 1_000, bytes: 1_000_000 }) =>
  applyLayer(root, Readable.from([makeTar(entries)]), budget, new AbortController().signal);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('writes files, folders and links with modes that everybody may read, and the unpacker alone may change', async () => {
  await apply([
    { name: 'app/', type: '5', mode: 0o700 },
    { name: './app/run', data: '#!', mode: 0o4700 },
    { name: 'app/key', data: 'k', mode: 0o600 },
    { name: 'app/link', type: '2', target: '/app/run' },
    { name: 'app/same', type: '1', target: 'app/run' },
    { name: `app/${'long'.repeat(60)}`, data: 'by pax', pax: true },
    { name: `app/${'deep'.repeat(60)}`, data: 'by GNU tar', gnu: true },
  ]);
  expect([statSync(join(root, 'app')).mode & 0o7777, statSync(join(root, 'app/run')).mode & 0o7777]).toEqual([
    0o755, 0o755,
  ]);
  expect(statSync(join(root, 'app/key')).mode & 0o7777).toBe(0o644);
  expect(readlinkSync(join(root, 'app/link'))).toBe('/app/run');
  expect(statSync(join(root, 'app/same')).ino).toBe(statSync(join(root, 'app/run')).ino);
  expect(read(`app/${'long'.repeat(60)}`)).toBe('by pax');
  expect(read(`app/${'deep'.repeat(60)}`)).toBe('by GNU tar');
});

test('applies whiteouts to lower layers alone, wherever they stand in a layer', async () => {
  await apply([
    { name: 'a/one', data: '1' },
    { name: 'a/two', data: '2' },
    { name: 'b/c/old', data: 'old' },
    { name: 'gone/x', data: 'x' },
  ]);
  await apply([
    { name: 'b/c/new', data: 'new' },
    { name: 'b/c/.wh..wh..opq' },
    { name: 'a/two', data: 'again' },
    { name: 'a/.wh.two' },
    { name: 'a/.wh.one' },
    { name: '.wh.gone' },
    { name: '.wh.never' },
  ]);
  expect(readdirSync(join(root, 'b/c'))).toEqual(['new']);
  expect(readdirSync(join(root, 'a'))).toEqual(['two']);
  expect(read('a/two')).toBe('again');
  expect(existsSync(join(root, 'gone'))).toBe(false);
});

test('replaces a file by a folder and a folder by a link, as later layers say', async () => {
  await apply([
    { name: 'a', data: 'file' },
    { name: 'b/inner', data: 'x' },
  ]);
  await apply([{ name: 'a/inner', data: 'y' }].flatMap((one) => [{ name: 'a/', type: '5' as const }, one]));
  await apply([{ name: 'b', type: '2', target: 'a' }]);
  expect(read('a/inner')).toBe('y');
  expect(readlinkSync(join(root, 'b'))).toBe('a');
});

test.each<[string, Packed[], string]>([
  ['a path with dots', [{ name: '../../outside', data: 'x' }], 'outside'],
  ['an absolute path', [{ name: '/etc/outside', data: 'x' }], 'etc/outside'],
  [
    'a link out of the root',
    [
      { name: 'out', type: '2', target: '../..' },
      { name: 'out/outside', data: 'x' },
    ],
    'outside',
  ],
  [
    'an absolute link',
    [
      { name: 'out', type: '2', target: '/' },
      { name: 'out/outside', data: 'x' },
    ],
    'outside',
  ],
])('keeps a file inside that %s would place elsewhere', async (_kind, entries, expected) => {
  await apply(entries);
  expect(read(expected)).toBe('x');
  expect(readdirSync(folder).sort()).toEqual(['root', 'secret']);
  expect(existsSync('/etc/outside')).toBe(false);
});

test('never writes through a link that stands in the place of a file', async () => {
  await apply([{ name: 'passwd', type: '2', target: '../secret' }]);
  await apply([{ name: 'passwd', data: 'new' }]);
  expect(lstatSync(join(root, 'passwd')).isFile()).toBe(true);
  expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('of the computer');
});

test.each<[string, Packed[]]>([
  ['a hard link to a file of the computer', [{ name: 'stolen', type: '1', target: '../secret' }]],
  [
    'a hard link through a link',
    [
      { name: 'up', type: '2', target: '..' },
      { name: 'stolen', type: '1', target: 'up/secret' },
    ],
  ],
  [
    'a hard link to a link',
    [
      { name: 'a', type: '2', target: '../secret' },
      { name: 'stolen', type: '1', target: 'a' },
    ],
  ],
  [
    'links in a circle',
    [
      { name: 'a', type: '2', target: 'b' },
      { name: 'b', type: '2', target: 'a' },
      { name: 'a/x', data: 'x' },
    ],
  ],
  [
    'a file below a file',
    [
      { name: 'a', data: 'x' },
      { name: 'a/b', data: 'y' },
    ],
  ],
  ['a sparse file', [{ name: 'a', type: 'S', data: 'x' }]],
])('refuses %s', async (_kind, entries) => {
  await expect(apply(entries)).rejects.toThrow(ImageError);
  expect(existsSync(join(root, 'stolen'))).toBe(false);
});

test('leaves out devices and pipes', async () => {
  await apply([
    { name: 'dev/null', type: '3' },
    { name: 'pipe', type: '6' },
    { name: 'file', data: 'x' },
  ]);
  expect(existsSync(join(root, 'dev/null'))).toBe(false);
  expect(existsSync(join(root, 'pipe'))).toBe(false);
  expect(read('file')).toBe('x');
});

test('ends at the limits of files and bytes, and refuses what is no archive', async () => {
  await expect(apply([{ name: 'a' }, { name: 'b' }], { entries: 1, bytes: 10 })).rejects.toMatchObject({
    kind: 'too-large',
  });
  await expect(apply([{ name: 'a', data: 'x'.repeat(11) }], { entries: 9, bytes: 10 })).rejects.toMatchObject({
    kind: 'too-large',
  });
  const signal = new AbortController().signal;
  const budget = { entries: 9, bytes: 10_000 };
  await expect(applyLayer(root, Readable.from([Buffer.alloc(512, 'x')]), budget, signal)).rejects.toMatchObject({
    kind: 'damaged',
  });
  const cut = makeTar([{ name: 'a', data: 'x'.repeat(2_000) }]).subarray(0, 1_100);
  await expect(applyLayer(root, Readable.from([cut]), budget, signal)).rejects.toMatchObject({ kind: 'damaged' });
});
