import path from 'node:path';
import { writeTrialServer } from '../trials/trial-server.ts';
import { violationsInBothThemes } from './axe.ts';
import { expect, statusOf, test } from './catwalk.ts';

test('starts a server without credentials, asks for what it insisted on, and runs it', async ({ page, dataDir }) => {
  const source = await writeTrialServer(path.join(dataDir, 'orbit'), 'needs-variable');
  await page.goto(`/new?source=${encodeURIComponent(source)}`);
  await page.getByRole('button', { name: 'Start it without credentials' }).click();

  const panel = page.getByRole('region', { name: 'Try it first' });
  await expect(panel.getByRole('status')).toContainText('It starts once these are set: ORBIT_TOKEN.', {
    timeout: 60_000,
  });
  await expect(panel.getByRole('status')).toContainText('It has 1 tool.');
  await expect(page.getByRole('heading', { name: 'Required' })).toBeVisible();
  expect(await violationsInBothThemes(page, 'trial', async () => {})).toEqual([]);
  await page.getByRole('textbox', { name: /ORBIT_TOKEN/ }).fill('open sesame');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
});

test('finds the subcommand of a server, which then needs nothing', async ({ page, dataDir }) => {
  const source = await writeTrialServer(path.join(dataDir, 'subcommand'), 'needs-subcommand');
  await page.goto(`/new?source=${encodeURIComponent(source)}`);
  await page.getByRole('button', { name: 'Start it without credentials' }).click();
  const panel = page.getByRole('region', { name: 'Try it first' });
  await expect(panel.getByRole('status')).toContainText('It is started with “mcp”.', { timeout: 60_000 });
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
});
