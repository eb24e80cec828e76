import type { Page } from '@playwright/test';
import { clipboardOf, expect, statusOf, test } from './catwalk.ts';
import { writeInspectedServer } from './inspected-server.ts';

async function deployInspected(page: Page, dataDir: string, name: string): Promise<string> {
  await page.goto(`/new?source=${encodeURIComponent(await writeInspectedServer(dataDir))}`);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
  return new URL(page.url()).pathname;
}

/** That of the form: the question before a destructive tool has one of its own. */
const callButton = (page: Page) =>
  page.getByRole('form', { name: /^Call / }).getByRole('button', { name: 'Call', exact: true });

test('asks before a destructive tool, keeps its history, and runs, compares and saves earlier calls', async ({
  page,
  dataDir,
}) => {
  const path = await deployInspected(page, dataDir, 'inspected');
  await page.goto(`${path}/playground?tool=wipe`);
  await page.getByLabel(/^folder/).fill('attic');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Call wipe?' });
  await expect(dialog).toContainText('attic');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Wiped attic.')).toBeHidden();
  await callButton(page).click();
  await dialog.getByRole('button', { name: 'Call' }).click();
  await expect(page.getByText('Wiped attic.')).toBeVisible();

  await page.getByLabel(/^folder/).fill('cellar');
  await callButton(page).click();
  await dialog.getByRole('button', { name: 'Call' }).click();
  await expect(page.getByText('Wiped cellar.')).toBeVisible();
  await page.getByRole('button', { name: 'Compare: wipe, attic' }).click();
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await expect(comparison).toContainText('"folder": "attic"');
  await expect(comparison).toContainText('"folder": "cellar"');
  await page.getByRole('button', { name: 'Save request: wipe, attic' }).click();

  await page.reload();
  await expect(page.getByLabel(/^folder/)).toHaveValue('cellar');
  await expect(page.getByText('Wiped cellar.')).toBeVisible();
  await page.getByRole('button', { name: 'attic', exact: true }).click();
  await expect(page.getByLabel(/^folder/)).toHaveValue('attic');
  await page.getByRole('button', { name: 'Run saved request: attic' }).click();
  await dialog.getByRole('button', { name: 'Call' }).click();
  await expect(page.getByRole('list', { name: 'Recent calls' }).getByRole('listitem')).toHaveCount(3);

  await page.getByRole('button', { name: 'Copy as' }).click();
  await page.getByRole('menuitem', { name: 'catwalk call' }).click();
  await expect.poll(() => clipboardOf(page)).toMatch(/^catwalk call \S+ 'wipe' --input '\{"folder":"attic"\}'$/);
});

test('checks structured content, shows log messages, plays sound, and lets a person answer for the model', async ({
  page,
  dataDir,
}) => {
  const path = await deployInspected(page, dataDir, 'structured');
  await page.goto(`${path}/playground?tool=weather`);
  await callButton(page).click();
  await expect(page.getByText('Matches the output schema.')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Notifications of the server' })).toContainText('sensor: Measured.');
  await page.getByRole('combobox', { name: /^broken/ }).click();
  await page.getByRole('option', { name: 'true' }).click();
  await callButton(page).click();
  await expect(page.getByText(/^Does not match the output schema/)).toBeVisible();

  await page.getByRole('button', { name: 'think' }).click();
  await callButton(page).click();
  const question = page.getByRole('form', { name: 'Message requested' });
  await expect(question).toContainText('Say something.');
  await question.getByRole('textbox', { name: 'Answer' }).fill('Something.');
  await question.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('The model: Something.')).toBeVisible();

  await page.getByRole('button', { name: 'sound' }).click();
  await callButton(page).click();
  const sound = page.locator('audio');
  await expect.poll(() => sound.evaluate((audio: HTMLAudioElement) => audio.readyState)).toBeGreaterThan(0);
});

test('completes the argument of a prompt', async ({ page, dataDir }) => {
  const path = await deployInspected(page, dataDir, 'completing');
  await page.goto(`${path}/playground?prompt=toast`);
  await page.getByRole('combobox', { name: /^guest/ }).pressSequentially('Gr');
  await page.getByRole('option', { name: 'Grace Hopper' }).click();
  await page.getByRole('button', { name: 'Get prompt' }).click();
  await expect(page.getByText('To Grace Hopper!')).toBeVisible();
});

test('shows the switch between form and JSON whole beside the longest name, at every width', async ({
  page,
  dataDir,
}) => {
  const path = await deployInspected(page, dataDir, 'narrow');
  await page.goto(`${path}/playground`);
  await page.getByRole('button', { name: /^a_tool_with/ }).click();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const width of [360, 768, 1100, 1280, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const modes = page.getByRole('radiogroup', { name: 'Edit arguments as' });
      // Measured at one moment: the page moves for a while after it was made wider.
      const over = await modes.evaluate(
        (element) =>
          element.getBoundingClientRect().right - (element.closest('form')?.getBoundingClientRect().right ?? 0),
      );
      expect(over).toBeLessThanOrEqual(1);
      const scrolled = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(scrolled).toBeLessThanOrEqual(0);
      await page.screenshot({ path: `screenshots/playground-inspector-${colorScheme}-${width}.png`, fullPage: true });
    }
  }
});
