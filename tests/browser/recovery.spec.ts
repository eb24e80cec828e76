import { readdir, readlink } from 'node:fs/promises';
import { expect, ownServer, statusOf, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

/** Finds the process that works in the machine's folder: the host of the only machine. */
async function hostOf(dataDir: string): Promise<number> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const id of ids) {
    const folder = await readlink(`/proc/${id}/cwd`).catch(() => ''); // the process has ended, or belongs to another user
    if (folder.startsWith(`${dataDir}/machines/`)) return Number(id);
  }
  throw new Error('No machine runs.');
}

test('restarts a machine that stalls, and shows why, without a reload', async ({ browser }) => {
  await using server = await ownServer(browser, { healthIntervalMs: 200 });
  const { page, dataDir } = server;
  await deployDemo(page, dataDir, 'stalling');
  await page.evaluate(() => Object.assign(window, { mark: 'not reloaded' }));

  const stalled = await hostOf(dataDir);
  process.kill(stalled, 'SIGSTOP');
  // The restart ends the stopped process, and nothing else does: a process that is stopped accepts SIGKILL alone.
  const setbacks = page.getByRole('list', { name: 'Setbacks' });
  await expect(setbacks).toContainText('Restarting the machine.', { timeout: 60_000 });
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
  await expect(page.getByRole('alert').filter({ hasText: 'MACHINE_UNREACHABLE' })).toBeHidden();
  expect(await hostOf(dataDir)).not.toBe(stalled);
  expect(await page.evaluate(() => Reflect.get(window, 'mark'))).toBe('not reloaded');
});

test('shows why a server exited during a call, and starts it again for the next call', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'crashing');
  await page.goto(`${path}/playground?tool=crash`);
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByText('CALL_FAILED')).toBeVisible();

  await page.getByRole('link', { name: 'Logs' }).click();
  const log = page.getByRole('log');
  await expect(log).toContainText('something broke');
  await expect(log).toContainText(/ended|exit/);
  await expect(statusOf(page)).toHaveText(/^Running/);

  await page.getByRole('link', { name: 'Playground' }).click();
  await page.getByRole('button', { name: 'greet' }).click();
  await page.getByLabel(/^name/).fill('again');
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByText('Hello, again.')).toBeVisible();
});
