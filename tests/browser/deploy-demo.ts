import type { Page } from '@playwright/test';
import { expect, statusOf } from './catwalk.ts';
import { writeDemoServer } from './demo-server.ts';

/** Deploys the demo server with its token, and returns the path of its page. */
export async function beginDemo(page: Page, dataDir: string, name: string): Promise<string> {
  await page.goto(`/new?source=${encodeURIComponent(await writeDemoServer(dataDir))}`);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Paste .env' }).click();
  await page.getByLabel(/^NAME=VALUE lines/).fill('DEMO_TOKEN=open sesame');
  await page.getByRole('button', { name: 'Fill in' }).click();
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await page.waitForURL(/\/deployments\/[0-9a-f-]{36}/);
  return new URL(page.url()).pathname;
}

/** Deploys the demo server with its token, waits until it runs, and returns the path of its page. */
export async function deployDemo(page: Page, dataDir: string, name: string): Promise<string> {
  const path = await beginDemo(page, dataDir, name);
  await expect(statusOf(page)).toHaveText(/^Running/, { timeout: 60_000 });
  return path;
}
