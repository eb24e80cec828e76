import { chromium } from '@playwright/test';

const PAGE_MS_MAX = 30_000;

/** The owner of the deployments in a browser, who allows what a consent page asks. */
export async function openPerson(signInUrl: string) {
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium' });
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(PAGE_MS_MAX);
  await page.goto(signInUrl);
  await page.waitForURL('**/deployments');
  return {
    /** Opens the link of a client and clicks Allow; resolves when the browser is back at the client. */
    async allow(link: string): Promise<void> {
      await page.goto(link);
      const consent = page.url();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL((url) => url.href !== consent && !url.pathname.startsWith('/oauth'));
    },
    close: () => browser.close(),
  };
}
