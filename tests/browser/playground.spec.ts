import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

test('a tool asks back in mid-call: the answer is checked, sent, and in the result', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'asking');
  await page.goto(`${path}/playground?tool=ask`);
  await page.getByRole('button', { name: 'Call', exact: true }).click();

  const question = page.getByRole('form', { name: 'The server asks' });
  await expect(question.getByText('Which color?')).toBeVisible();
  await expect(question.getByLabel(/^color/)).toBeFocused();
  await page.keyboard.type('re');
  await page.keyboard.press('ControlOrMeta+Enter');
  await question.getByRole('button', { name: 'Send answer' }).click();
  await expect(question.getByText('At least 3 characters are needed.')).toBeVisible();
  await question.getByLabel(/^color/).fill('red');
  await question.getByRole('button', { name: 'Send answer' }).click();
  await expect(page.getByText('accept red')).toBeVisible();

  await page.getByRole('tab', { name: /^Messages/ }).click();
  await expect(page.getByText('"elicitation/create"')).toBeVisible();

  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await question.getByRole('button', { name: 'Decline' }).click();
  await page.getByRole('tab', { name: 'Result' }).click();
  await expect(page.getByText(/^decline/)).toBeVisible();
});

test('a call that is cancelled ends, and the next one works', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'cancelled');
  await page.goto(`${path}/playground?tool=ask`);
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByRole('form', { name: 'The server asks' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText('You cancelled this call.')).toBeVisible();
  await expect(page.getByRole('form', { name: 'The server asks' })).toBeHidden();

  await page.getByRole('button', { name: 'greet' }).click();
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByText('This is required.')).toBeVisible();
  await page.getByLabel(/^name/).fill('you');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByText('Hello, you.')).toBeVisible();

  await page.getByRole('link', { name: 'Overview' }).click();
  const usage = page.getByRole('region', { name: 'Usage', exact: true });
  await expect(usage.getByRole('row', { name: /^greet 1 0/ })).toBeVisible({ timeout: 20_000 });
});

test('prompts are filled in and shown message by message; what they point to is read', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'prompting');
  await page.getByRole('list', { name: 'Prompts' }).getByText('toast').click();
  await page.getByRole('list', { name: 'Prompts' }).getByRole('link', { name: 'Try it: toast' }).click();
  await page.waitForURL(`**${path}/playground?prompt=toast`);

  await page.getByRole('button', { name: 'Get prompt' }).click();
  await expect(page.getByText('This is required.')).toBeVisible();
  await page.getByLabel(/^guest/).fill('Ada');
  await page.keyboard.press('ControlOrMeta+Enter');
  const messages = page.getByRole('list', { name: 'Messages of the prompt' }).getByRole('listitem');
  await expect(messages).toHaveCount(2);
  await expect(messages.first()).toContainText('Raise a plain toast to Ada.');

  await messages.last().getByRole('button', { name: 'Read it: guests://all' }).click();
  await page.waitForURL(/playground\?resource=/);
  await expect(page.getByText('"Grace"')).toBeVisible();
  await page.getByRole('tab', { name: /^Messages/ }).click();
  await expect(page.getByText('"resources/read"')).toBeVisible();
});

test('resources are read: a picture is drawn, and the variables of a template are asked for', async ({
  page,
  dataDir,
}) => {
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
  await page.getByLabel(/^name/).fill('Ada Lovelace');
  await page.getByLabel(/^year/).fill('1843');
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
