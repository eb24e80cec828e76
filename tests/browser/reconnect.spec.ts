import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startServer } from '../main-job/server-process.ts';
import { expect, signIn, statusOf, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

test('reconnects by itself after a restart of the server, and shows a banner until then', async ({ browser }) => {
  // Starts a separate server: the other tests share one that must not be killed.
  const dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-restart-'));
  const first = await startServer(dataDir);
  const context = await browser.newContext({ baseURL: first.url });
  const page = await context.newPage();
  await signIn(page, first.signInUrl ?? '');
  await deployDemo(page, dataDir, 'restarted');

  await first.kill('SIGKILL');
  await expect(page.getByText('Can’t reach the server.').first()).toBeVisible();
  await expect(page.getByText('Reconnecting', { exact: true })).toBeVisible();

  const second = await startServer(dataDir, { PORT: new URL(first.url).port });
  try {
    await expect(page.getByText('Can’t reach the server.').first()).toBeHidden({ timeout: 30_000 });
    await expect(page.getByText('Live', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(statusOf(page)).toHaveText('Stopped', { timeout: 60_000 });
  } finally {
    await context.close();
    await second.kill('SIGTERM');
    await rm(dataDir, { recursive: true, force: true });
  }
});

test('keeps two tabs in step, and catches up after one was offline', async ({
  page,
  browser,
  session,
  baseURL,
  dataDir,
}) => {
  const path = await deployDemo(page, dataDir, 'two tabs');
  const other = await browser.newContext({ storageState: session, ...(baseURL ? { baseURL } : {}) });
  const away = await other.newPage();
  await away.goto(path);
  await expect(statusOf(away)).toHaveText(/^Running/);

  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(statusOf(away)).toHaveText('Stopped', { timeout: 60_000 });

  await other.setOffline(true);
  await expect(away.getByText('This computer is offline.')).toBeVisible();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
  await expect(statusOf(away)).toHaveText('Stopped');

  await other.setOffline(false);
  await expect(away.getByText('This computer is offline.')).toBeHidden({ timeout: 30_000 });
  await expect(statusOf(away)).toHaveText(/^Running/);
  await other.close();
});
