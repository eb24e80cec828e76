import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const SCHEMES = ['light', 'dark'] as const;
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740 };

/** Lists the violations on the page: the address, the rule and the element of each. */
export async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${page.url()} ${id}: ${node.html.slice(0, 200)}`));
}

/** Lists the violations at desktop and phone size, and saves a screenshot of each in `screenshots/`. */
export async function violationsAtBothSizes(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size);
    found.push(...(await violationsOf(page)));
    await page.screenshot({ path: `screenshots/${name}-${size.width}.png`, fullPage: true });
  }
  return found;
}

/** Lists the violations in both themes and at both sizes; `show` opens the state to check. */
export async function violationsInBothThemes(page: Page, name: string, show: () => Promise<void>): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await show();
    found.push(...(await violationsAtBothSizes(page, `${name}-${colorScheme}`)));
  }
  return found;
}
