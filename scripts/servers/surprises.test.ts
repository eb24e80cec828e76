import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SURPRISES } from './surprises.ts';

test.each(SURPRISES)('the page of servers names a test that exists: $test', async ({ file, test: name }) => {
  expect(await readFile(path.join(import.meta.dirname, '../..', file), 'utf8')).toContain(`'${name}'`);
});
