import { expect, statusOf, test } from './catwalk.ts';
import { writeInspectedServer } from './inspected-server.ts';

test.describe('an MCP app', () => {
  // The app tries what the policy of its frame refuses, which the browser reports in the console.
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the dependencies from the pattern
  test.use({ problems: async ({}, use) => use([]) });

  test('runs behind walls, calls tools of its server, and destructive ones after a question', async ({
    page,
    dataDir,
  }) => {
    await page.goto(`/new?source=${encodeURIComponent(await writeInspectedServer(dataDir))}`);
    await page.getByLabel('Name', { exact: true }).fill('boards');
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
    const { pathname } = new URL(page.url());
    await page.goto(`${pathname}/playground?tool=board`);
    await page.getByLabel(/^title/).fill('plans');
    await page.keyboard.press('Enter');

    const app = page.frameLocator('iframe[title="App of board"]').frameLocator('iframe');
    await expect(app.getByRole('heading', { name: 'Board: plans' })).toBeVisible();
    await expect(app.getByRole('status')).toHaveText('Board of plans.');
    await expect(app.getByText('light', { exact: true })).toBeVisible();
    await expect(app.getByRole('list', { name: 'Walls' }).getByRole('listitem')).toHaveCount(7);
    await expect(app.getByText('reached')).toHaveCount(0);
    await page.screenshot({ path: 'screenshots/playground-app-light-1440.png' });

    await app.getByRole('button', { name: 'Measure' }).click();
    await expect(app.getByRole('status')).toHaveText('{"degrees":21}');
    await app.getByRole('button', { name: 'Unknown tool' }).click();
    await expect(app.getByRole('status')).toContainText('offers no tool nothing to apps');

    const dialog = page.getByRole('dialog', { name: 'Call wipe?' });
    await app.getByRole('button', { name: 'Wipe' }).click();
    await expect(dialog).toContainText('attic');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(app.getByRole('status')).toHaveText('The user declined the call.');
    await app.getByRole('button', { name: 'Wipe' }).click();
    await dialog.getByRole('button', { name: 'Call' }).click();
    await expect(app.getByRole('status')).toHaveText('Wiped attic.');
    await expect(page.getByRole('list', { name: 'What the app did' }).getByRole('listitem')).toHaveCount(2);
    await expect(page).toHaveURL(/\/playground\?tool=board$/);
  });
});
