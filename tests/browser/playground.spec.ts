import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

test('a tool asks back in mid-call: the answer is checked, sent, and in the result', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'asking');
  await page.goto(`${path}/playground?tool=ask`);
  await page.getByRole('button', { name: 'Call', exact: true }).click();

  const question = page.getByRole('form', { name: 'The server asks' });
  await expect(question.getByText('Which colour?')).toBeVisible();
  await expect(question.getByLabel(/^colour/)).toBeFocused();
  await page.keyboard.type('re');
  await page.keyboard.press('ControlOrMeta+Enter');
  await question.getByRole('button', { name: 'Send answer' }).click();
  await expect(question.getByText('At least 3 characters are needed.')).toBeVisible();
  await question.getByLabel(/^colour/).fill('red');
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
