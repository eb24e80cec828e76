import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

test('checks and sends the input that a tool requests during a call', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'asking');
  await page.goto(`${path}/playground?tool=ask`);
  await page.getByRole('button', { name: 'Call', exact: true }).click();

  const question = page.getByRole('form', { name: 'Input requested' });
  await expect(question.getByText('Which color?')).toBeVisible();
  await expect(question.getByLabel(/^color/)).toBeFocused();
  await page.keyboard.type('re');
  await page.keyboard.press('ControlOrMeta+Enter');
  await question.getByRole('button', { name: 'Send' }).click();
  await expect(question.getByText('At least 3 characters (currently 2).')).toBeVisible();
  await question.getByLabel(/^color/).fill('red');
  await question.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('accept red')).toBeVisible();

  await page.getByRole('tab', { name: /^Messages/ }).click();
  await expect(page.getByText('"elicitation/create"')).toBeVisible();

  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await question.getByRole('button', { name: 'Decline' }).click();
  await page.getByRole('tab', { name: 'Result' }).click();
  await expect(page.getByText(/^decline/)).toBeVisible();
});

test('ends a canceled call, and runs the next one', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'canceled');
  await page.goto(`${path}/playground?tool=ask`);
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByRole('form', { name: 'Input requested' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText('You canceled this call.')).toBeVisible();
  await expect(page.getByRole('form', { name: 'Input requested' })).toBeHidden();

  await page.getByRole('button', { name: 'greet' }).click();
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByText('Required.')).toBeVisible();
  await page.getByLabel(/^name/).fill('you');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByText('Hello, you.')).toBeVisible();

  await page.getByRole('link', { name: 'Overview' }).click();
  const usage = page.getByRole('region', { name: 'Usage', exact: true });
  await expect(usage.getByRole('row', { name: /^greet 1 0/ })).toBeVisible({ timeout: 20_000 });
});

test('shows the messages of a prompt, and reads the resource that one links to', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'prompting');
  await page.getByRole('link', { name: 'Tools', exact: true }).click();
  await page.getByRole('list', { name: 'Prompts' }).getByText('toast', { exact: true }).click();
  await page.getByRole('list', { name: 'Prompts' }).getByRole('link', { name: 'Try toast' }).click();
  await page.waitForURL(`**${path}/playground?prompt=toast`);

  await page.getByRole('button', { name: 'Get prompt' }).click();
  await expect(page.getByText('Required.')).toBeVisible();
  await page.getByRole('combobox', { name: /^guest/ }).fill('Ada');
  await page.keyboard.press('ControlOrMeta+Enter');
  const messages = page.getByRole('list', { name: 'Messages of the prompt' }).getByRole('listitem');
  await expect(messages).toHaveCount(2);
  await expect(messages.first()).toContainText('Raise a plain toast to Ada.');

  await messages.last().getByRole('button', { name: 'Read guests://all' }).click();
  await page.waitForURL(/playground\?resource=/);
  await expect(page.getByText('"Grace"')).toBeVisible();
  await page.getByRole('tab', { name: /^Messages/ }).click();
  await expect(page.getByText('"resources/read"')).toBeVisible();
});

test('draws an image resource, and asks for the variables of a resource template', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'reading');
  await page.goto(`${path}/playground`);
  await page.getByRole('radiogroup', { name: 'Kind' }).getByText('Resources').click();
  await page.getByRole('button', { name: 'guests://badge.png' }).click();
  await page.getByRole('button', { name: 'Read', exact: true }).click();
  const picture = page.getByRole('img', { name: /badge\.png/ });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  expect((await saving).suggestedFilename()).toBe('badge.png');

  await page.getByRole('button', { name: 'guests://{name}{?year}' }).click();
  await page.getByRole('combobox', { name: /^name/ }).fill('Ada Lovelace');
  await page.getByRole('combobox', { name: /^year/ }).fill('1843');
  await page.getByRole('button', { name: 'Read', exact: true }).click();
  await expect(page.getByText('The guest at guests://Ada%20Lovelace?year=1843')).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [width, height] of [
      [360, 740],
      [1440, 900],
    ] as const) {
      await page.setViewportSize({ width, height });
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await page.screenshot({ path: `screenshots/playground-resource-${colorScheme}-${width}.png`, fullPage: true });
    }
  }
});
