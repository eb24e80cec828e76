import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, test as base, expect, type Page } from '@playwright/test';
import { type ServerProcess, startServer } from '../main-job/server-process.ts';

import { type ServerOptions, startServerWith } from './server-process.ts';

export { expect };

type Worker = { dataDir: string; catwalk: ServerProcess; session: Awaited<ReturnType<typeof signIn>> };

/** Opens the one-time link and returns the cookies of the session. */
export async function signIn(page: Page, link: string) {
  await page.goto(link);
  await page.waitForURL('**/deployments');
  await expect(page.getByRole('heading', { name: 'Deployments' })).toBeVisible();
  return page.context().storageState();
}

/** Starts a Catwalk for each worker, on a free port with an empty data folder, and a page that is signed in to it. */
export const test = base.extend<{ problems: string[] }, Worker>({
  dataDir: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the dependencies from the pattern
    async ({}, use) => {
      const dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-browser-'));
      await use(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  catwalk: [
    async ({ dataDir }, use) => {
      // These tests do not read the registry; the registry's own tests start a stand-in.
      const server = await startServer(dataDir, { MCP_REGISTRY_URL: 'http://127.0.0.1:9', LOG_LEVEL: 'error' });
      await use(server);
      await server.kill('SIGTERM');
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  session: [
    async ({ browser, catwalk }, use) => {
      const context = await browser.newContext();
      const session = await signIn(await context.newPage(), catwalk.signInUrl ?? '');
      await context.close();
      await use(session);
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  baseURL: ({ catwalk }, use) => use(catwalk.url),
  storageState: ({ session }, use) => use(session),
  permissions: ['clipboard-read', 'clipboard-write'],
  /** The errors in the page's console; each test ends by finding none. */
  problems: [
    async ({ page }, use) => {
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      await use(problems);
      expect(problems).toEqual([]);
    },
    { auto: true },
  ],
});

/** The status on the deployment's page. */
export const statusOf = (page: Page) => page.getByRole('main').getByRole('status').first();

export const clipboardOf = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

/** Starts a separate server with special options, and a page that is signed in to it. */
export async function ownServer(browser: Browser, options: Omit<ServerOptions, 'dataDir'>) {
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-own-'));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const server = await startServerWith({ dataDir, ...options });
  opened.defer(server.stop);
  const context = await browser.newContext({ baseURL: server.url });
  opened.defer(() => context.close());
  const page = await context.newPage();
  await page.goto(server.signInUrl);
  await page.waitForURL('**/deployments');
  const running = opened.move();
  return { page, dataDir, url: server.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
