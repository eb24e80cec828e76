import { expect, test } from './catwalk.ts';
import { deployDemo } from './deploy-demo.ts';

test('takes shortcuts after a filter was chosen, and leaves the search with Escape', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'keys');
  await page.goto(`${path}/logs`);
  await page.getByRole('radiogroup', { name: 'Filter lines' }).getByText('Host').click();
  await page.keyboard.press('/');
  const search = page.getByLabel('Search the log');
  await expect(search).toBeFocused();
  await page.keyboard.type('gd');
  await expect(search).toHaveValue('gd');
  await page.keyboard.press('Escape');
  await expect(search).not.toBeFocused();
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await page.waitForURL('**/deployments');
});

test('has controls of 40 px for a thumb at 360 px, and marks the page below its name', async ({ page, dataDir }) => {
  const path = await deployDemo(page, dataDir, 'thumb');
  await page.setViewportSize({ width: 360, height: 740 });
  for (const tab of ['', '/playground', '/logs', '/settings']) {
    await page.goto(path + tab);
    await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible();
    const small = await page.evaluate(() =>
      [
        ...document.querySelectorAll<HTMLElement>(
          '.mantine-Button-root, .mantine-ActionIcon-root, .mantine-Input-input',
        ),
      ]
        .filter((control) => control.checkVisibility())
        .map((control) => ({ name: control.ariaLabel ?? control.textContent, height: control.offsetHeight }))
        .filter(({ height }) => height > 0 && height < 40),
    );
    expect(small).toEqual([]);
  }
  const current = page.getByRole('navigation', { name: 'Main' }).locator('[aria-current=page]');
  const mark = await current.evaluate((item) => {
    const { left, bottom, width } = getComputedStyle(item, '::before');
    return { middle: Number.parseFloat(left) + Number.parseFloat(width) / 2, bottom, half: item.clientWidth / 2 };
  });
  expect(Math.abs(mark.middle - mark.half)).toBeLessThanOrEqual(1);
  expect(Number.parseFloat(mark.bottom)).toBeLessThanOrEqual(0);
});
