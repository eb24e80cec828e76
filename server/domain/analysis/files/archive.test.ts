import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, list } from 'tar';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importTarball, packFolder } from './archive.ts';

let root: string;
let dataDir: string;
const signal = AbortSignal.timeout(20_000);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'catwalk-archive-'));
  dataDir = join(root, 'data');
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function folder(name: string, files: Record<string, string>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const full = join(root, name, path);
    await mkdir(join(full, '..'), { recursive: true });
    await writeFile(full, text);
  }
  return join(root, name);
}

async function namesIn(path: string): Promise<string[]> {
  const names: string[] = [];
  await list({ file: path, onReadEntry: (entry) => names.push(entry.path) });
  return names;
}

test('packs the same bytes for the same contents, whatever their times', async () => {
  const files = { 'package.json': '{"name":"x","version":"1.0.0","bin":"index.js"}', 'index.js': '1', 'lib/a.js': '2' };
  const one = await packFolder(await folder('one', files), dataDir, signal);
  const path = await folder('two', files);
  await utimes(join(path, 'index.js'), 1, 1);
  const two = await packFolder(path, dataDir, signal);
  expect(two).toEqual(one);
  const digest = createHash('sha512').update(await readFile(one.path));
  expect(one.integrity).toBe(`sha512-${digest.digest('base64')}`);
  expect(await readdir(join(dataDir, 'sources'))).toHaveLength(1);
});

test('leaves out what must not travel: node_modules, .git, secrets, links', async () => {
  const path = await folder('s', {
    'package.json': '{"name":"x","version":"1.0.0","bin":"index.js"}',
    'index.js': '1',
    'empty.txt': '',
    '.env': 'KEY=secret',
    '.env.local': 'KEY=secret',
    '.env.example': 'KEY=',
    '.git/config': 'x',
    'node_modules/y/index.js': 'x',
  });
  await symlink('/etc/hostname', join(path, 'link'));
  const archive = await packFolder(path, dataDir, signal);
  expect(await namesIn(archive.path)).toEqual(
    ['.env.example', 'empty.txt', 'index.js', 'package.json'].map((name) => `package/${name}`),
  );
});

test('paths that a plain tar header cannot hold survive', async () => {
  const long = `${'d'.repeat(120)}/${'é'.repeat(90)}.js`;
  const path = await folder('long', {
    'package.json': '{"name":"x","version":"1.0.0","bin":"i.js"}',
    'i.js': '',
    [long]: 'x',
  });
  expect(await namesIn((await packFolder(path, dataDir, signal)).path)).toContain(`package/${long}`);
});

test('a folder needs only a main: name, version and bin are made up', async () => {
  const path = await folder('My Server!', { 'package.json': '{"main":"server.js"}', 'server.js': '1' });
  const { manifest, files } = await packFolder(path, dataDir, signal);
  expect(manifest).toMatchObject({ name: 'my-server', version: '0.0.0', bin: { 'my-server': 'server.js' } });
  expect(JSON.parse(files.files.find((file) => file.path === 'package.json')?.text ?? '')).toEqual(manifest);
});

test.each([
  ['no package.json', {}, 'no package.json'],
  ['no start', { 'package.json': '{"name":"x"}' }, 'neither a bin nor a main'],
  ['no JSON', { 'package.json': '{' }, 'not JSON'],
])('refuses a folder with %s, and says what to do', async (_, files, message) => {
  const path = await folder('bad', { 'a.txt': '', ...files });
  await expect(packFolder(path, dataDir, signal)).rejects.toMatchObject({
    code: 'INVALID_SOURCE',
    message: expect.stringContaining(message),
    hint: expect.any(String),
  });
});

test('takes a tarball unchanged, and refuses other files', async () => {
  const path = await folder('package', {
    'package.json': '{"name":"x","version":"1.0.0","bin":"i.js"}',
    'i.js': 'process.env.A',
  });
  const file = join(root, 'x.tgz');
  await create({ gzip: true, file, cwd: join(path, '..') }, ['package']);
  const archive = await importTarball(file, dataDir, signal);
  expect(await readFile(archive.path)).toEqual(await readFile(file));
  expect(archive.files.files.map((one) => one.path)).toEqual(['i.js', 'package.json']);

  await expect(importTarball(file, dataDir, AbortSignal.abort())).rejects.toThrow();
  expect(await readFile(archive.path), 'one that may be deployed stays').toEqual(await readFile(file));

  const before = await readdir(join(dataDir, 'sources'));
  await writeFile(file, 'not a tarball');
  await expect(importTarball(file, dataDir, signal)).rejects.toMatchObject({ code: 'INVALID_SOURCE' });
  await expect(importTarball(join(root, 'absent.tgz'), dataDir, signal)).rejects.toMatchObject({
    code: 'INVALID_SOURCE',
  });
  expect(await readdir(join(dataDir, 'sources')), 'what is refused is not kept').toEqual(before);
});
