import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ENTRIES_MAX = 12;

test('the analysis opens as its stages: at most twelve entries', () => {
  const analysis = path.resolve(import.meta.dirname, '../../server/domain/analysis');
  expect(readdirSync(analysis).length).toBeLessThanOrEqual(ENTRIES_MAX);
});
