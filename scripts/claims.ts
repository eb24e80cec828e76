/**
 * Checks the claims of SECURITY.md: each row of its tables names the tests that hold it, each named file exists, and each
 * quoted title of a test stands in the file. A claim without a test is only words.
 *
 *   npm run claims
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findProblems } from './claims/claims.ts';

const ROOT = path.join(import.meta.dirname, '..');
const inRoot = (file: string) => path.join(ROOT, file);

const { claims, problems } = findProblems(readFileSync(inRoot('SECURITY.md'), 'utf8'), (file) =>
  existsSync(inRoot(file)) ? readFileSync(inRoot(file), 'utf8') : null,
);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${claims} claims of SECURITY.md name tests that exist.`);
