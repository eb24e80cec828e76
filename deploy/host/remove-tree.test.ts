import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeTree } from './remove-tree.ts';

let base: string;
let tree: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'catwalk-tree-'));
  tree = join(base, 'tree');
  mkdirSync(tree);
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

test('removes files, folders and links, and follows no link', async () => {
  mkdirSync(join(base, 'other'));
  writeFileSync(join(base, 'other', 'kept'), '');
  mkdirSync(join(tree, 'a', 'b', 'c'), { recursive: true });
  for (const name of ['x', 'a/x', 'a/b/x', 'a/b/c/x', '.hidden']) writeFileSync(join(tree, name), 'x');
  symlinkSync(join(base, 'other'), join(tree, 'link'));
  symlinkSync(join(base, 'other'), join(tree, 'a', 'b', 'link'));
  symlinkSync('nowhere', join(tree, 'a', 'dangling'));
  await removeTree(tree);
  expect(readdirSync(base)).toEqual(['other']);
  expect(readdirSync(join(base, 'other'))).toEqual(['kept']);
});

test('removes what is absent, a file and a link, too', async () => {
  await removeTree(join(base, 'absent'));
  writeFileSync(join(base, 'file'), '');
  symlinkSync(tree, join(base, 'link'));
  for (const name of ['file', 'link']) await removeTree(join(base, name));
  expect(readdirSync(base)).toEqual(['tree']);
});

test('removes folders that are closed to their owner', async () => {
  mkdirSync(join(tree, 'a', 'b', 'c'), { recursive: true });
  writeFileSync(join(tree, 'a', 'b', 'c', 'x'), '');
  for (const folder of ['a/b/c', 'a/b', 'a', '.']) chmodSync(join(tree, folder), 0o500);
  chmodSync(join(tree, 'a'), 0);
  await removeTree(tree);
  expect(existsSync(tree)).toBe(false);
});

test('removes folders whose path is longer than a system call accepts', async () => {
  // Made by renames: no path of a thousand names can be given to a call.
  const name = 'n'.repeat(200);
  let inner = join(base, 'inner');
  mkdirSync(inner);
  writeFileSync(join(inner, 'x'), '');
  for (let depth = 0; depth < 40; depth += 1) {
    const outer = join(base, `outer-${depth}`);
    mkdirSync(outer);
    execFileSync('mv', [inner, join(outer, name)]);
    inner = outer;
  }
  execFileSync('mv', [inner, join(tree, name)]);
  await removeTree(tree);
  expect(existsSync(tree)).toBe(false);
});

test('reads a folder in parts, and has few calls under way at once', async () => {
  for (let number = 0; number < 500; number += 1) writeFileSync(join(tree, `${number}`), '');
  let most = 0;
  const look = () => {
    const calls = process.getActiveResourcesInfo().filter((kind) => kind.startsWith('FSReq'));
    most = Math.max(most, calls.length);
  };
  const timer = setInterval(look, 0);
  const removing = removeTree(tree);
  look();
  await removing;
  clearInterval(timer);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(100);
  expect(existsSync(tree)).toBe(false);
});

test('gives up when it takes too long, and can go on later', async () => {
  mkdirSync(join(tree, 'a', 'b'), { recursive: true });
  await expect(removeTree(tree, -1)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  expect(existsSync(tree)).toBe(true);
  await removeTree(tree);
  expect(existsSync(tree)).toBe(false);
});

test('two removals of one folder do not disturb each other', async () => {
  for (let number = 0; number < 50; number += 1) {
    mkdirSync(join(tree, `${number}`, 'a', 'b'), { recursive: true });
    writeFileSync(join(tree, `${number}`, 'a', 'b', 'x'), '');
  }
  await Promise.all([removeTree(tree), removeTree(tree)]);
  expect(existsSync(tree)).toBe(false);
});
