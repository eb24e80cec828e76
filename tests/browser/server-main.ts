import { mkdir } from 'node:fs/promises';
import { createApp } from '#server/compose/app.ts';
import { openStorage } from '#server/compose/storage.ts';
import { readEnv } from '#server/env.ts';
import { createLog } from '#server/logging/log.ts';
import { seedDeployments } from './seeded-deployments.ts';
import type { ServerOptions } from './server-process.ts';

/** Runs the server as a separate process with the options of its parent. */
const options: ServerOptions = JSON.parse(process.argv[2] ?? '{}');
const env = readEnv(process.env);
await mkdir(options.dataDir, { recursive: true });
const storage = await openStorage(env, options.dataDir);
if (options.deployments) await seedDeployments(storage.database.prisma, storage.owner.id, options.deployments);
const app = await createApp({
  env,
  log: createLog(env.LOG_LEVEL),
  environment: process.env,
  storage,
  ...(options.healthIntervalMs === undefined ? {} : { healthIntervalMs: options.healthIntervalMs }),
});
process.send?.({ url: app.url, signInUrl: app.signInUrl ?? '' });
process.once('SIGTERM', async () => {
  await app.close();
  await storage.database.close();
  process.exit(0);
});
