import { expect, test } from 'vitest';
import { filesLoadedBy } from './module-graph.ts';

const set = (files: Record<string, string>) => Object.entries(files).map(([path, text]) => ({ path, text }));

test('follows imports, re-exports, require and dynamic imports, and leaves out files that are never loaded', () => {
  const files = set({
    'bin/cli.js': '#!/usr/bin/env node\nimport "../src/main.js"\nawait import("../src/late.js")',
    'src/main.js': 'import{a}from"./a.js";export * from \'./b\'; require("./lib")',
    'src/a.js': 'import "./main.js"',
    'src/b.ts': '',
    'src/lib/index.js': 'import "../../../outside.js"; import "npm-package"',
    'src/late.js': '',
    'src/other-program.js': '',
  });
  expect([...(filesLoadedBy(files, './bin/cli.js') ?? [])].sort()).toEqual([
    'bin/cli.js',
    'src/a.js',
    'src/b.ts',
    'src/late.js',
    'src/lib/index.js',
    'src/main.js',
  ]);
});

test('returns null for an entry that was not read', () => expect(filesLoadedBy(set({}), 'dist/index.js')).toBeNull());
