import { execFile } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test('a process that used it ends with its own exit code', async () => {
  const module = JSON.stringify(path.join(import.meta.dirname, 'test-postgres.testing.ts'));
  const script = `import(${module}).then(() => { process.exitCode = 3; });`;
  const code = await new Promise((resolve) => {
    execFile(process.execPath, ['--eval', script], (error) => resolve(error?.code ?? 0));
  });
  expect(code).toBe(3);
});
