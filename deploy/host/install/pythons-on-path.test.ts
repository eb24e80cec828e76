import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Box } from '../box/box.ts';
import { pythonsOnPath } from './pythons-on-path.ts';

let shims: string;
let empty: string;
beforeAll(async () => {
  [shims, empty] = (await Promise.all(['shims-', 'empty-'].map((name) => mkdtemp(join(tmpdir(), name))))) as [
    string,
    string,
  ]; // as many as names
  await writeFile(join(shims, 'python3'), '#!/bin/sh\n', { mode: 0o755 });
});
afterAll(() => Promise.all([shims, empty].map((folder) => rm(folder, { recursive: true, force: true }))));

const BOX: Box = { user: null, wrap: (command) => ({ ...command, boxed: true }) };

test('lists every Python of the PATH in its order', () => {
  const env = { PATH: ['', empty, shims].join(delimiter) };
  expect(pythonsOnPath({ env, box: null })).toEqual([join(shims, 'python3')]);
  expect(pythonsOnPath({ env: {}, box: null })).toEqual([]);
});

test('leaves out what a box does not show', () => {
  const env = { PATH: [shims, '/usr/bin'].join(delimiter) };
  const system = existsSync('/usr/bin/python3') ? ['/usr/bin/python3'] : [];
  expect(pythonsOnPath({ env, box: BOX })).toEqual(system);
});
