import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStaleness } from './staleness.ts';
import type { Step } from './steps.ts';

const STEP: Step = { name: 'thing', script: 'thing', inputs: ['src/**.ts', 'lock.json'], output: 'out/thing.js' };
let root = '';

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'catwalk-stale-'));
  await mkdir(path.join(root, 'src/deep'), { recursive: true });
  await mkdir(path.join(root, 'out'));
  await write('src/deep/a.ts', 'a');
  await write('lock.json', '{}');
  await write('out/thing.js', '');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const write = (file: string, text: string) => writeFile(path.join(root, file), text);
const isStale = () => createStaleness(root).isStale(STEP);

test('a step is stale until it was built, and again when an input changes, comes or goes', async () => {
  expect(isStale()).toBe(true);
  createStaleness(root).markBuilt(STEP);
  expect(isStale()).toBe(false);

  await write('src/deep/a.ts', 'b');
  expect(isStale(), 'a file changed').toBe(true);
  await write('src/deep/a.ts', 'a');
  expect(isStale(), 'it is as it was').toBe(false);

  await write('src/b.ts', '');
  expect(isStale(), 'a file came').toBe(true);
  await rm(path.join(root, 'src/b.ts'));
  await write('lock.json', '{"changed":true}');
  expect(isStale(), 'a file that is named changed').toBe(true);
});

test('what the build does not read makes nothing stale', async () => {
  createStaleness(root).markBuilt(STEP);
  await write('src/a.test.ts', '');
  await write('src/notes.md', '');
  expect(isStale()).toBe(false);
});

test('an output that is gone is stale', async () => {
  createStaleness(root).markBuilt(STEP);
  await rm(path.join(root, 'out/thing.js'));
  expect(isStale()).toBe(true);
});
