import { expect, test } from 'vitest';
import { readCode } from '../code/code-file.ts';
import { reachableCode } from '../code/reachable-code.ts';

const reached = (files: Record<string, string>) =>
  reachableCode(readCode({ files: Object.entries(files).map(([path, text]) => ({ path, text })) }), undefined)
    .code.all.map(({ path }) => path)
    .toSorted();

test('of a program in Go only what its command imports counts, tests and other programs left out', () => {
  const files = {
    'cmd/acme-mcp-server/main.go':
      'package main\n\nimport (\n\t"os"\n\n\tshared "example.com/acme/pkg/shared"\n)\n\nfunc main() { shared.Run() }\n',
    'pkg/shared/run.go': 'package shared\n\nimport "example.com/acme/internal/log"\n',
    'pkg/shared/run_test.go': 'package shared\n\nimport "example.com/acme/internal/snaps"\n',
    'internal/log/log.go': 'package log\n',
    'internal/snaps/snaps.go': 'package snaps\n',
    'cmd/docs/main.go': 'package main\n\nfunc main() {}\n',
    'ui/vite.config.ts': 'process.env.APP',
  };
  expect(reached(files)).toEqual(['cmd/acme-mcp-server/main.go', 'internal/log/log.go', 'pkg/shared/run.go']);
});

test('a library in Go, without a command, is read as a whole', () => {
  const files = { 'run.go': 'package acme\n', 'other/run.go': 'package other\n' };
  expect(reached(files)).toEqual(['other/run.go', 'run.go']);
});
