import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, statusOf, test } from './catwalk.ts';
import { writeDemoServer } from './demo-server.ts';

test('asks on the failure card for the variable that a start lacked, and runs the server with it', async ({
  page,
  dataDir,
}) => {
  const source = await writeDemoServer(dataDir);
  await page.goto(`/new?source=${encodeURIComponent(source)}`);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();

  const failure = page.getByRole('alert').filter({ hasText: 'MISSING_CREDENTIAL' });
  await expect(failure).toContainText('DEMO_TOKEN', { timeout: 60_000 });
  await expect(statusOf(page)).toHaveText('Failed');
  await expect(page.getByRole('list', { name: 'Deployment' }).locator('[data-state=failed]')).toContainText(
    'Start server',
  );

  await expect(failure.getByRole('button', { name: 'Save and deploy' })).toBeDisabled();
  await failure.getByRole('textbox', { name: /DEMO_TOKEN/ }).fill('open sesame');
  await page.keyboard.press('Enter');
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
  await expect(failure).toBeHidden();
  await page.getByRole('link', { name: 'Tools', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Tools' }).getByText('greet', { exact: true })).toBeVisible();
  expect(await page.content()).not.toContain('open sesame');
});

test('offers the arguments when a server exits with a usage text, and runs it with the new ones', async ({
  page,
  dataDir,
}) => {
  const source = await writeDemoServer(path.join(dataDir, 'picky'));
  const program = path.join(source, 'server.js');
  const [shebang, ...rest] = (await readFile(program, 'utf8')).split('\n');
  const check = `if (process.argv[2] !== '--go') { console.error('usage: demo --go'); process.exit(2); }`;
  const withoutToken = rest.join('\n').replace('if (!process.env[wanted])', 'if (false)');
  await writeFile(program, [shebang, check, withoutToken].join('\n'));
  await page.goto(`/new?source=${encodeURIComponent(source)}`);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();

  const failure = page.getByRole('alert').filter({ hasText: 'EXITED_AT_START' });
  await expect(failure).toContainText('usage: demo --go', { timeout: 60_000 });
  await expect(failure).toContainText('exit code 2');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: `screenshots/failed-argument-${colorScheme}-1440.png`, fullPage: true });
  }
  await failure.getByRole('button', { name: 'Edit arguments' }).click();
  await expect(page.getByLabel('Extra arguments')).toBeFocused();
  await page.keyboard.type('--go');
  await page.getByRole('button', { name: 'Save and deploy' }).click();
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
  await expect(failure).toBeHidden();
});
