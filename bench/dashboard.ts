/**
 * The figures of the dashboard: what a browser loads, and how long a change in the database takes to the screen.
 *
 *   npm run bench:dashboard       (needs Chromium: CHROMIUM_PATH, or /usr/bin/chromium)
 *
 * Everything runs on this computer: the server in this process, Chromium beside it. Prints tables; nothing is judged.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { createApp } from '#server/compose/app.ts';
import { openStorage } from '#server/compose/storage.ts';
import { readEnv } from '#server/env.ts';
import { createLog } from '#server/logging/log.ts';
import { seedDeployments } from '../tests/browser/seeded-deployments.ts';
import { measureBundle, measureInitial } from './dashboard-bundle.ts';
import { measurePixels } from './dashboard-pixels.ts';
import { recordFigure, recordSkipped } from './figures.ts';

const ON_SCREEN = 50;
const ROW_PX = 61;
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

if (!existsSync(CHROMIUM)) {
  recordSkipped(`there is no Chromium at ${CHROMIUM}; CHROMIUM_PATH names one.`);
  process.exit();
}

await using opened = new AsyncDisposableStack();
const dataDir = await mkdtemp(path.join(tmpdir(), 'cw-bench-dashboard-'));
opened.defer(() => rm(dataDir, { recursive: true, force: true }));
const env = readEnv({
  PORT: '0',
  LOG_LEVEL: 'error',
  CATWALK_DATA_DIR: dataDir,
  MCP_REGISTRY_URL: 'http://127.0.0.1:9',
});
const storage = await openStorage(env, dataDir);
opened.defer(storage.database.close);
const ids = await seedDeployments(storage.database.prisma, storage.owner.id, ON_SCREEN);
const app = await createApp({ env, log: createLog(env.LOG_LEVEL), environment: process.env, storage });
opened.defer(app.close);

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
opened.defer(() => browser.close());
// High enough for every row to be on the screen.
const viewport = { width: 1440, height: 400 + ON_SCREEN * ROW_PX };
const context = await browser.newContext({ baseURL: app.url, viewport });
const page = await context.newPage();
await page.goto(app.signInUrl ?? '/');
await page.waitForURL('**/deployments');

const initial = await measureInitial();
const bundle = await measureBundle(context, ids[0] ?? '');
console.log('| what a browser loads | JavaScript, kB gzip | files |\n|---|---|---|');
for (const { what, bytes, files } of [initial, ...bundle.pages])
  console.log(`| ${what} | ${(bytes / 1000).toFixed(1)} | ${files} |`);
recordFigure('initial JavaScript, gzip', initial.bytes / 1000, 'kB', { atMost: 250 });
console.log('\n| the largest files | kB gzip |\n|---|---|');
for (const { name, bytes } of bundle.largest) console.log(`| \`${name}\` | ${(bytes / 1000).toFixed(1)} |`);

const delays = await measurePixels({ page, storage, ids });
const at = (share: number): string => (delays[Math.floor(share * (delays.length - 1))] ?? Number.NaN).toFixed(1);
console.log(`\n| a change, from its commit to the screen, ${ON_SCREEN} deployments on it | ms |\n|---|---|`);
console.log(`| p50 | ${at(0.5)} |\n| p95 | ${at(0.95)} |\n| slowest of ${delays.length} | ${at(1)} |`);
recordFigure('a change, from its commit to the screen, p50', Number(at(0.5)), 'ms', { atMost: 100 });
recordFigure('a change, from its commit to the screen, p95', Number(at(0.95)), 'ms');
