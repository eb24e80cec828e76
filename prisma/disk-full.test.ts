import { expect, test } from 'vitest';
import { isDiskFull, isLogFull } from './disk-full.ts';

const EXTEND = 'Database error. Code: `53100`. Message: `could not extend file "base/5/1": No space left on device`';
const LOG =
  'Raw query failed. Code: `53100`. Message: `could not write to file "pg_wal/xlogtemp.42": No space left on device`';

test.each<[unknown, boolean, boolean]>([
  [new Error(EXTEND), true, false],
  [new Error(LOG), true, true],
  [Object.assign(new Error('write'), { code: 'ENOSPC' }), true, false],
  [new Error('It failed.', { cause: new Error(EXTEND) }), true, false],
  [new Error('Unique constraint failed'), false, false],
  ['53100', false, false],
  [{ name: 'ErrnoError', errno: 51 }, true, false],
])('of %s: a full disk %s, a database that cannot go on %s', (error, full, broken) => {
  expect(isDiskFull(error)).toBe(full);
  expect(isLogFull(error)).toBe(broken);
});
