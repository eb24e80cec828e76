import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{server,schema,deploy,prisma,client,tests}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'tests/fixtures/packages/**', 'tests/browser/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
