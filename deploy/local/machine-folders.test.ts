import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMachineFolders } from './machine-folders.ts';

let dataDir = '';
const errors: unknown[] = [];
const open = () => createMachineFolders(dataDir, (error) => errors.push(error));
const left = () => ['machines', 'discarded'].flatMap((name) => readdirSync(join(dataDir, name)));

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cw-'));
  errors.length = 0;
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test('gives a machine an empty folder at each boot', async () => {
  const folders = open();
  writeFileSync(join(folders.open('a'), 'kept.txt'), 'x');
  expect(readdirSync(folders.open('a'))).toEqual([]);
  folders.discard('a');
  await folders.removed('a');
  expect(left()).toEqual([]);
  expect(errors).toEqual([]);
});

test('takes a folder away at once and removes it afterwards', async () => {
  const folders = open();
  const folder = folders.open('a');
  folders.discard('a');
  expect(existsSync(folder)).toBe(false);
  await folders.settled();
  expect(left()).toEqual([]);
});

test('removes folders that a program has closed', async () => {
  const folders = open();
  const closed = join(folders.open('a'), 'closed');
  mkdirSync(closed);
  writeFileSync(join(closed, 'file'), '');
  chmodSync(closed, 0o500);
  folders.discard('a');
  await folders.removed('a');
  expect(left()).toEqual([]);
});

test('removes what machines of an earlier process left behind', async () => {
  writeFileSync(join(open().open('a'), 'kept.txt'), 'x');
  mkdirSync(join(dataDir, 'discarded', 'half-removed'));
  const folders = open();
  expect(readdirSync(join(dataDir, 'machines'))).toEqual([]);
  await folders.settled();
  expect(left()).toEqual([]);
});

test('a machine that never booted has nothing to discard', async () => {
  const folders = open();
  folders.discard('a');
  await folders.removed('a');
  expect(errors).toEqual([]);
});
