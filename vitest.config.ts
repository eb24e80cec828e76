import { availableParallelism } from 'node:os';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { SlowFirst } from './scripts/slow-first.ts';

const sources = '{server,schema,deploy,prisma,client,scripts,tests}';
const fixtures = ['**/node_modules/**', 'tests/fixtures/packages/**', 'tests/browser/**'];

/** The build that Node itself loads: with the other one there would be two GraphQLs that do not know each other's types. */
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] };

/** `unit` and `component` are quick, and part of the check. `integration`: real processes, sockets and databases. */
export default defineConfig({
  test: {
    maxWorkers: Math.max(2, availableParallelism() - 1), // a test waits for other processes most of its time
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          include: [`${sources}/**/*.test.ts`],
          exclude: [...fixtures, '**/*.integration.test.ts'],
          isolate: false, // a process for each file would take five times as long as the tests
          setupFiles: ['tests/real-timers.testing.ts'],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'component',
          include: ['client/src/**/*.test.tsx'],
          environment: 'happy-dom',
          setupFiles: ['client/src/testing/setup.testing.ts'],
          testTimeout: 60_000, // as for units: a busy computer is not a failure
        },
      },
      {
        resolve,
        test: {
          name: 'integration',
          include: [`${sources}/**/*.integration.test.ts`],
          exclude: fixtures,
          globalSetup: ['prisma/test-database-setup.testing.ts'],
          // for what hangs: a computer that is busy with other things is not a failure
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 60_000 } },
          pool: 'forks',
        },
      },
    ],
  },
});
