import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BrowserContext } from '@playwright/test';

const BUILD = path.resolve(import.meta.dirname, '../dist/client');

/** The files that index.html names, with which every page begins. */
export async function measureInitial(): Promise<{ what: string; bytes: number; files: number }> {
  const html = await readFile(path.join(BUILD, 'index.html'), 'utf8');
  const names = new Set(html.match(/assets\/[\w.-]+\.js/g));
  const bytes = await Promise.all(
    Array.from(names, async (name) => gzipSync(await readFile(path.join(BUILD, name))).length),
  );
  return { what: 'what every page begins with', bytes: bytes.reduce((sum, one) => sum + one, 0), files: names.size };
}

type Loaded = { name: string; bytes: number };

/** Measures the files that each page loads in an empty browser, in bytes of gzip, and the largest files. */
export async function measureBundle(context: BrowserContext, deploymentId: string) {
  const deployment = `/deployments/${deploymentId}`;
  const pages = [
    { what: 'the list, as the first page', path: '/deployments', ready: 'main ul a' },
    { what: 'a new deployment, as the first page', path: '/new', ready: 'main textarea' },
    { what: 'a deployment, as the first page', path: deployment, ready: 'main nav a' },
    { what: 'its playground, as the first page', path: `${deployment}/playground`, ready: 'main nav a' },
    { what: 'its log, as the first page', path: `${deployment}/logs`, ready: 'main nav a' },
  ];
  const all = new Map<string, Loaded>();
  const measured: { what: string; bytes: number; files: number }[] = [];
  for (const { what, path: where, ready } of pages) {
    const page = await context.newPage();
    const loaded: Promise<Loaded>[] = [];
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (!pathname.endsWith('.js')) return;
      loaded.push(response.body().then((body) => ({ name: pathname.slice(1), bytes: gzipSync(body).length })));
    });
    // Files are named after their content and kept by the browser: here each page begins with none.
    const session = await context.newCDPSession(page);
    await session.send('Network.clearBrowserCache');
    await page.goto(where);
    await page.locator(ready).first().waitFor();
    await page.waitForLoadState('networkidle');
    const files = await Promise.all(loaded);
    for (const file of files) all.set(file.name, file);
    measured.push({ what, bytes: files.reduce((sum, file) => sum + file.bytes, 0), files: files.length });
    await page.close();
  }
  const largest = [...all.values()].sort((a, b) => b.bytes - a.bytes).slice(0, 10);
  return { pages: measured, largest };
}
