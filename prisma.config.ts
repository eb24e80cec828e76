import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Only the Prisma CLI (`migrate dev`, `migrate status`) reads this; the server has its own migrator.
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://localhost/unused' },
});
