import { expect, test } from 'vitest';
import { logLevelOf } from './log-level.ts';

test('recognizes the errors and warnings of many log formats', () => {
  const lines = [
    ['Error: API_KEY is required', 'error'],
    ['2026-11-20T12:00:00Z ERROR worker failed', 'error'],
    ['TypeError: x is not a function', 'error'],
    ['npm error code E404', 'error'],
    ['Traceback (most recent call last):', 'error'],
    ['{"level":50,"time":1,"msg":"boom"}', 'error'],
    ['time=1 level=warn msg="slow"', 'warn'],
    ['npm warn deprecated', 'warn'],
    ['(node:1) Warning: experimental', 'warn'],
    ['{"level":30,"msg":"ready"}', null],
    ['0 errors, 3 files', null],
    ['listening on stdio', null],
  ] as const;
  expect(lines.map(([line]) => [line, logLevelOf(line)])).toEqual(lines);
});
