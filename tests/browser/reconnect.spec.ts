import { startServer } from '../main-job/server-process.ts';
import { expect, statusOf, test } from './catwalk.ts';
import { writeDemoServer } from './demo-server.ts';

// The browser itself reports each refused connection; that is what this test is about.
test.use({ problemsExpected: /ERR_CONNECTION_REFUSED|WebSocket|Failed to fetch|Failed to load resource/ });

test('a page survives a restart of the server: it says so, and shows what changed meanwhile', async ({
  page,
  dataDir,
  catwalk,
}) => {
  const source = await writeDemoServer(dataDir);
  await page.goto(`/new?source=${encodeURIComponent(source)}`);
  await page.getByLabel('Name', { exact: true }).fill('restarted');
  await page.getByRole('button', { name: /^Advanced/ }).click();
  await page.getByRole('button', { name: 'Add a variable' }).click();
  await page.getByLabel('Variable name').fill('DEMO_TOKEN');
  await page.getByLabel('Value of DEMO_TOKEN').fill('x');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(statusOf(page)).toHaveText('Running', { timeout: 60_000 });

  await catwalk.kill('SIGKILL');
  await expect(page.getByText('The server does not answer.')).toBeVisible();
  await expect(page.getByText('Reconnecting')).toBeVisible();

  const again = await startServer(dataDir, { PORT: new URL(catwalk.url).port });
  try {
    await expect(page.getByText('The server does not answer.')).toBeHidden({ timeout: 30_000 });
    await expect(page.getByText('Live', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(statusOf(page)).toHaveText('Stopped', { timeout: 60_000 });
  } finally {
    await again.kill('SIGTERM');
  }
});
