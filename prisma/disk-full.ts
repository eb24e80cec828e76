/** PostgreSQL's code for it (SQLSTATE, class 53), and those of the operating system. */
const CODES: readonly unknown[] = ['53100', 'ENOSPC', 'EDQUOT'];

/** The same in WebAssembly (WASI), whose errors are not instances of Error. */
const WASM_ENOSPC = 51;

/** Reports whether an error, of the database or of a file, says that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  if (typeof error === 'object' && error !== null && 'errno' in error && error.errno === WASM_ENOSPC) return true;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && CODES.includes(cause.code)) return true;
    if (/\bCode: `53100`|No space left on device|\bENOSPC\b/i.test(cause.message)) return true;
  }
  return false;
}

/**
 * Reports whether the embedded database cannot go on: it could not write its log, where PostgreSQL itself would end and
 * recover. What was committed is in the folder, and is there after the next start.
 */
export const isLogFull = (error: unknown): boolean =>
  error instanceof Error && /pg_wal.*No space left on device/is.test(error.message);
