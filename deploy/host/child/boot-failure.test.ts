import { expect, test } from 'vitest';
import { describeEnd, type EndOfChild } from './boot-failure.ts';

const end = (more: Partial<EndOfChild>): EndOfChild => ({
  exit: { code: 1, signal: null, requested: false },
  served: false,
  stderrTail: [],
  noise: [],
  variables: [],
  engineWarning: null,
  ...more,
});

test.each([
  [['Error: EXAMPLE_API_KEY environment variable is required'], ['EXAMPLE_API_KEY']],
  [['Missing required configuration:', '  - FIGMA_API_KEY'], ['FIGMA_API_KEY']],
  [['Please set NOTION_TOKEN or NOTION_KEY'], ['NOTION_TOKEN', 'NOTION_KEY']],
  [['BRAVE_API_KEY is not set'], ['BRAVE_API_KEY']],
  [
    [
      'Error: No access token was provided. Give one in one of these ways:',
      '',
      '1. --access-token',
      '2. `SENTRY_ACCESS_TOKEN`',
    ],
    ['SENTRY_ACCESS_TOKEN'],
  ],
])('%j names the variable', (stderrTail, variables) => {
  expect(describeEnd(end({ stderrTail }))).toMatchObject({ code: 'MISSING_CREDENTIAL', variables });
});

test('a known variable counts even without an underscore', () => {
  expect(describeEnd(end({ stderrTail: ['TOKEN must be set'], variables: ['TOKEN'] }))).toMatchObject({
    code: 'MISSING_CREDENTIAL',
    variables: ['TOKEN'],
  });
});

test.each([
  ["Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'x', it is missing", 'EXITED_AT_START'],
  ['node:internal MODULE_NOT_FOUND required by', 'EXITED_AT_START'],
  ['ENOSPC: no space left on device', 'DISK_FULL'],
  ['FATAL ERROR: JavaScript heap out of memory', 'OUT_OF_MEMORY'],
])('%j is %s', (line, code) => {
  expect(describeEnd(end({ stderrTail: [line] })).code).toBe(code);
});

test('a server ran out of memory if the kernel counted it, and not because of a SIGKILL alone', () => {
  const exit = { code: null, signal: 'SIGKILL', requested: false } as const;
  expect(describeEnd(end({ exit, served: true })).code).toBe('CRASHED');
  expect(describeEnd(end({ exit: { ...exit, outOfMemory: true }, served: true })).code).toBe('OUT_OF_MEMORY');
});

test('a server that has served has crashed, whatever it printed', () => {
  expect(describeEnd(end({ served: true, stderrTail: ['X_KEY is required'] })).code).toBe('CRASHED');
});
